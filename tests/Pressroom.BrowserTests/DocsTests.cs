using System.Collections.Concurrent;
using Microsoft.Playwright;
using Pressroom.Tests.Flows;

namespace Pressroom.BrowserTests;

/// <summary>The page to read the API's description and try its calls.</summary>
public sealed class DocsTests
{
    [Fact]
    public async Task The_page_lists_the_operations_and_tries_one_without_a_word_to_any_other_host()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Checks.LaunchAsync(playwright);
        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            BaseURL = newsroom.Reader.BaseAddress!.AbsoluteUri,
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
        });
        var page = await context.NewPageAsync();
        var (complaints, elsewhere) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        page.Console += (_, message) => Keep(message.Type is "error" or "warning", complaints, message.Text);
        page.PageError += (_, error) => complaints.Enqueue(error);
        context.Request += (_, request) => Keep(!IsHere(request.Url, newsroom.Reader.BaseAddress), elsewhere, request.Url);

        await page.GotoAsync("/api/docs#tag/service/GET/health");
        var operation = page.GetByRole(AriaRole.Heading, Named("Whether the backend can do its work"));
        await operation.WaitForAsync(); // the script has megabytes to be read
        await Assertions.Expect(operation).ToBeVisibleAsync();
        foreach (var topic in new[] { "Articles", "Newsletters", "Comments", "Service" })
        {
            await Assertions.Expect(page.GetByRole(AriaRole.Link, Named(topic)).First).ToBeVisibleAsync();
        }

        await page.GetByRole(AriaRole.Button, Named("Test Request (get /health)")).ClickAsync();
        await newsroom.HealthyAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, Named("Send")).First.ClickAsync(),
            response => response.Url.EndsWith("/api/health", StringComparison.Ordinal));
        Assert.Equal(200, answer.Status);

        if (Environment.GetEnvironmentVariable("PRESSROOM_SCREENSHOTS") is { } pictures)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, "docs.png") });
        }

        Assert.Empty(elsewhere);
        Assert.Empty(complaints);
    }

    private static PageGetByRoleOptions Named(string name) => new() { Name = name };

    private static bool IsHere(string url, Uri host) => new[] { host.AbsoluteUri, "data:", "blob:" }.Any(start => url.StartsWith(start, StringComparison.Ordinal));

    private static void Keep(bool isWrong, ConcurrentQueue<string> list, string text)
    {
        if (isWrong)
        {
            list.Enqueue(text);
        }
    }
}
