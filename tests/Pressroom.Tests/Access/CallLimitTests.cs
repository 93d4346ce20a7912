using System.Net;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Access;

public sealed class CallLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_makes_so_many_calls_and_another_token_its_own()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set, "Access:LimitPerToken=5");
        var other = (await newsroom.PostAsync("/api/tokens", new { name = "Another", roles = new[] { "editor" } }))["token"]!.GetValue<string>();
        for (var call = 2; call <= 5; call++)
        {
            await newsroom.GetAsync("/api/articles");
        }

        using var refused = await newsroom.Editor.GetAsync("/api/articles", Stop);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        using var admitted = await newsroom.CallAsync(other, HttpMethod.Get, "/api/articles");
        Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
    }

    [Fact]
    public async Task Whoever_tries_tokens_is_turned_away_and_the_editors_of_the_same_network_are_not()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set);
        var statuses = new List<HttpStatusCode>();
        for (var guess = 0; guess < 302; guess++)
        {
            using var answer = await newsroom.CallAsync($"prt_{guess:x16}_{guess:x64}", HttpMethod.Get, "/api/articles");
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(300, statuses.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Equal(2, statuses.Count(status => status == HttpStatusCode.TooManyRequests));
        await newsroom.GetAsync("/api/articles");
    }

    [Fact]
    public async Task A_network_makes_so_many_calls_without_a_token()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set, "Access:LimitPerPrefix=3");
        var calls = new[]
        {
            (HttpMethod.Get, "/api/articles/0/comments"), (HttpMethod.Get, "/api/subscribers/confirm?token=x"), (HttpMethod.Get, "/api/subscribers/unsubscribe?token=x"),
            (HttpMethod.Get, "/api/moderate?token=x"), (HttpMethod.Get, "/api/comments/notices?token=x"), (HttpMethod.Get, "/api/comments/confirm?token=x"),
            (HttpMethod.Post, "/api/subscribers"),
        };
        foreach (var (network, (method, address)) in calls.Index())
        {
            for (var call = 1; call <= 4; call++)
            {
                using var answer = await newsroom.CallAsync(null, method, address, null, ("X-Forwarded-For", $"198.51.{network}.7"));
                Assert.True((answer.StatusCode == HttpStatusCode.TooManyRequests) == (call > 3), $"{method} {address}, call {call}: {answer.StatusCode}");
            }
        }

        await newsroom.GetAsync("/api/articles");
    }

    [Fact]
    public async Task A_mail_provider_unsubscribes_as_many_as_it_has()
    {
        await using var newsroom = await Newsroom.OpenAsync("Access:LimitPerPrefix=1");
        foreach (var address in new[] { "/api/subscribers/unsubscribe?token=x", "/api/comments/notices?token=x" })
        {
            for (var reader = 1; reader <= 3; reader++)
            {
                using var click = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]);
                using var answer = await newsroom.Reader.PostAsync(address, click, Stop);
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task An_answer_is_shown_in_no_frame_and_tells_nobody_its_address()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        foreach (var (address, policy) in new[]
        {
            ("/api/moderate?token=x", "frame-ancestors 'none'"), ("/api/articles/0/comments", "default-src 'none'; frame-ancestors 'none'"),
            ("/api/health", "default-src 'none'; frame-ancestors 'none'"),
        })
        {
            using var answer = await newsroom.Reader.GetAsync(address, Stop);

            Assert.Equal(policy, answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }
}
