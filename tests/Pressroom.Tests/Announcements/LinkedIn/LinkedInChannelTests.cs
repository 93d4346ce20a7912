using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.LinkedIn;
using Pressroom.Announcements.Pictures;

namespace Pressroom.Tests.Announcements.LinkedIn;

public sealed class LinkedInChannelTests : IAsyncLifetime
{
    private const string Author = "urn:li:organization:55";
    private readonly Dictionary<string, JsonElement> posts = [];
    private readonly FetchPicture pictures = new(reachesPrivateNetworks: true);
    private FakeService service = null!;
    private LinkedInChannel channel = null!;

    private static Announcement Plain => Sample.English with { Image = null };

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(LinkedIn);
        channel = Channel(service.BaseUrl);
    }

    public async ValueTask DisposeAsync()
    {
        pictures.Dispose();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_post_is_a_commentary_and_a_card()
    {
        var outcome = await new Delivery(channel, Plain).SendAsync();

        Assert.Equal(new SendOutcome.Sent("urn:li:share:1", "https://www.linkedin.com/feed/update/urn:li:share:1"), outcome);
        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/rest/posts", "Bearer t0ken"), (call.Method, call.Path, call.Headers["Authorization"]));
        Assert.Equal(("202605", "2.0.0"), (call.Headers["LinkedIn-Version"], call.Headers["X-Restli-Protocol-Version"]));
        Assert.Equal(
            @"Harbour \<reopens\> & ferries return" + "\n\nAfter nine weeks of work, the first ferry left at dawn.\n\n" + @"{hashtag|\#|Harbour} {hashtag|\#|CityLife}",
            call.Json.GetProperty("commentary").GetString());
        Assert.Equal((Author, "PUBLIC", "PUBLISHED"), (call.Json.GetProperty("author").GetString(), call.Json.GetProperty("visibility").GetString(), call.Json.GetProperty("lifecycleState").GetString()));
        Assert.Equal("MAIN_FEED", call.Json.GetProperty("distribution").GetProperty("feedDistribution").GetString());
        var card = call.Json.GetProperty("content").GetProperty("article");
        Assert.Equal((Plain.Url, Plain.Title, Plain.Summary), (card.GetProperty("source").GetString(), card.GetProperty("title").GetString(), card.GetProperty("description").GetString()));
        Assert.False(card.TryGetProperty("thumbnail", out _));
    }

    [Theory]
    [InlineData(@"a|b {c} @d [e] (f) <g> *h* i_j ~k \l", @"a\|b \{c\} \@d \[e\] \(f\) \<g\> \*h\* i\_j \~k \\l")]
    [InlineData("#News and #42 and a#b", @"{hashtag|\#|News} and \#42 and a\#b")]
    [InlineData("#city_life", @"{hashtag|\#|city\_life}")]
    [InlineData("#خبر", @"{hashtag|\#|خبر}")]
    [InlineData("https://a.example/b_c", @"https://a.example/b\_c")]
    public void Plain_text_becomes_little_text(string text, string expected) => Assert.Equal(expected, LittleText.Of(text));

    [Fact]
    public void A_long_text_is_counted_with_its_backslashes()
    {
        var post = channel.Compose(Plain with { Summary = string.Concat(Enumerable.Repeat("(ferries) ", 800)) });

        Assert.InRange(post.Length, 2_970, 3_000);
        Assert.Equal((3_000, "characters"), (post.Limit, post.Unit));
        Assert.Equal(post.Length, JsonSerializer.Deserialize<JsonElement>(post.Payload).GetProperty("commentary").GetString()!.Length);
    }

    [Fact]
    public async Task The_cards_picture_is_uploaded_first()
    {
        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        var begun = service.Calls.Single(call => call.Path == "/rest/images");
        Assert.Equal(("?action=initializeUpload", Author), (begun.Query, begun.Json.GetProperty("initializeUploadRequest").GetProperty("owner").GetString()));
        var upload = service.Calls.Single(call => call.Method == "PUT");
        Assert.Equal(SamplePicture.Jpeg, upload.Bytes);
        Assert.False(upload.Headers.ContainsKey("Authorization"));
        Assert.Equal("urn:li:image:7", Assert.Single(posts).Value.GetProperty("content").GetProperty("article").GetProperty("thumbnail").GetString());
    }

    [Theory]
    [InlineData("POST /rest/images", 403, "LinkedIn does not permit it: the token lacks a permission for the author.")]
    [InlineData("PUT", 400, "LinkedIn did not take it (status 400).")]
    [InlineData("POST /rest/posts", 422, "LinkedIn answered: thumbnail is bad (status 422).")]
    public async Task A_picture_that_LinkedIn_refuses_is_left_out_and_the_post_says_so(string call, int status, string reason)
    {
        service.FailNext(call, status, call == "PUT" ? "" : """{"message":"thumbnail is bad"}""");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.Equal($"without its picture: {reason}", sent.Note);
        Assert.False(Assert.Single(posts).Value.GetProperty("content").GetProperty("article").TryGetProperty("thumbnail", out _));
    }

    [Fact]
    public async Task The_named_time_is_waited_for()
    {
        service.FailNext("POST", 429, """{"message":"Resource level throttle"}""", ("Retry-After", "600"));

        Assert.Equal(TimeSpan.FromMinutes(10), Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Plain).SendAsync()).After);
        Assert.Empty(posts);
    }

    [Theory]
    [InlineData(400, "{}", true, "LinkedIn did not take it (status 400).")]
    [InlineData(401, "{}", true, "LinkedIn does not accept the token.")]
    [InlineData(403, "{}", true, "LinkedIn does not permit it: the token lacks a permission for the author.")]
    [InlineData(422, """{"message":"Duplicate post is detected"}""", true, "LinkedIn has the same post already.")]
    [InlineData(426, """{"code":"NONEXISTENT_VERSION"}""", true, "LinkedIn no longer has version 202605 of its API: set a newer Version.")]
    [InlineData(404, """{"code":"NONEXISTENT_VERSION"}""", true, "LinkedIn no longer has version 202605 of its API: set a newer Version.")]
    [InlineData(500, "", false, "LinkedIn did not take it (status 500).")]
    public async Task Refusals_are_final_and_trouble_passes(int status, string body, bool final, string reason)
    {
        service.FailNext("POST", status, body);

        Assert.Equal(final ? new SendOutcome.Refused(reason) : new SendOutcome.TryLater(null, reason), await new Delivery(channel, Plain).SendAsync());
    }

    [Fact]
    public async Task A_post_whose_answer_never_came_stays_unknown_and_is_never_sent_twice()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Plain);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());

        Assert.False(channel.CanSettle);
        Assert.Single(posts);
        Assert.Single(service.Calls);
    }

    [Fact]
    public async Task A_post_is_found_where_the_token_may_read()
    {
        var reading = Channel(service.BaseUrl, ("ReadsPosts", "true"));
        service.HangNext("POST");
        var delivery = new Delivery(reading, Plain);
        await delivery.SendAsync();

        Assert.True(reading.CanSettle);
        Assert.Equal(new SendOutcome.Sent("urn:li:share:1", "https://www.linkedin.com/feed/update/urn:li:share:1"), await delivery.ResumeAsync());
        Assert.Equal(("FINDER", $"?q=author&author=urn%3Ali%3Aorganization%3A55&count=20&sortBy=CREATED"), (service.Calls.Last().Headers["X-RestLi-Method"], service.Calls.Last().Query));
        posts.Clear();
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
    }

    [Fact]
    public async Task A_repeat_that_is_refused_as_a_duplicate_is_a_post_that_is_out()
    {
        service.FailNext("POST", 503);
        service.FailNext("POST", 422, """{"message":"Content is a duplicate of urn:li:share:9","status":422}""");
        var delivery = new Delivery(channel, Plain);
        await delivery.SendAsync();

        Assert.Equal(new SendOutcome.Sent("urn:li:share:9", "https://www.linkedin.com/feed/update/urn:li:share:9"), await delivery.SendAsync());
    }

    [Fact]
    public async Task A_cut_answer_still_says_in_its_head_where_the_post_is()
    {
        service.CutNext("POST");

        Assert.Equal("urn:li:share:1", Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Plain).SendAsync()).RemoteId);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            Assert.IsType<SendOutcome.TryLater>(await new Delivery(Channel(nobody), Plain).SendAsync());
        }
    }

    [Fact]
    public async Task A_commentary_is_edited_and_a_post_deleted_and_deleting_twice_is_harmless()
    {
        var delivery = new Delivery(channel, Plain);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Plain with { Title = "Harbour (open)" }), cancellation));
        var edit = service.Calls.Last();
        Assert.Equal(("POST", "PARTIAL_UPDATE"), (edit.Method, edit.Headers["X-RestLi-Method"]));
        Assert.StartsWith(@"Harbour \(open\)", edit.Json.GetProperty("patch").GetProperty("$set").GetProperty("commentary").GetString(), StringComparison.Ordinal);
        service.FailNext("POST", 429, "", ("Retry-After", "3"));
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ChangeOutcome.TryLater>(await channel.EditAsync(post, delivery.Post, cancellation)).After);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(posts);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.NotSupported>(await channel.EditAsync(post, delivery.Post, cancellation));
    }

    [Theory]
    [InlineData("Author is missing.", "Version", "202605")]
    [InlineData("Author is neither urn:li:organization:… nor urn:li:person:….", "Author", "55")]
    public void A_wrong_setting_is_named(string complaint, string key, string value)
    {
        var failure = Assert.Throws<SettingException>(
            () => LinkedInChannel.Create(Sample.Settings("linkedin", null, ("Token", "t"), (key, value)), service.Outbound, pictures, TimeProvider.System));

        Assert.Equal($"Channel 'our linkedin': {complaint}", failure.Message);
    }

    private LinkedInChannel Channel(Uri host, params (string, string)[] more) => LinkedInChannel.Create(
        Sample.Settings("linkedin", host, [("Token", "t0ken"), ("Author", Author), .. more]), service.Outbound, pictures, TimeProvider.System);

    private ServiceAnswer LinkedIn(ServiceCall call)
    {
        var urn = Uri.UnescapeDataString(call.Path.Split('/')[^1]);
        switch (call.Method, call.Path)
        {
            case ("GET", "/media/harbour.jpg"):
                return SamplePicture.Answer;
            case ("POST", "/rest/images"):
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { value = new { uploadUrl = $"{service.BaseUrl}dms-uploads/x?sig=1", image = "urn:li:image:7" } }));
            case ("PUT", "/dms-uploads/x"):
                return new ServiceAnswer(201);
            case ("GET", "/rest/posts"):
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { elements = posts.Select(post => new { id = post.Key, content = post.Value.GetProperty("content") }) }));
            case ("POST", "/rest/posts"):
                posts.Add($"urn:li:share:{posts.Count + 1}", call.Json);
                return new ServiceAnswer(201, "", [("x-restli-id", posts.Keys.Last())]);
            case var _ when !posts.ContainsKey(urn):
                return new ServiceAnswer(404, """{"message":"not found"}""");
            case ("POST", _):
                return new ServiceAnswer(204);
            case ("DELETE", _):
                posts.Remove(urn);
                return new ServiceAnswer(204);
            default:
                throw new InvalidOperationException($"Nobody expected {call.Method} {call.Path}.");
        }
    }
}
