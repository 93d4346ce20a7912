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
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = newsroom.Reader.BaseAddress!.AbsoluteUri,
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
        });
        var page = await context.NewPageAsync();
        var (complaints, elsewhere) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        page.Console += (_, message) => Keep(message.Type is "error" or "warning", complaints, message.Text);
        page.PageError += (_, error) => complaints.Enqueue(error);
        context.Request += (_, request) => Keep(!request.Url.StartsWith(newsroom.Reader.BaseAddress.AbsoluteUri, StringComparison.Ordinal) && !IsInPage(request.Url), elsewhere, request.Url);

        await page.GotoAsync("/api/docs#tag/service/GET/health");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Whether the backend can do its work" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Articles" }).Or(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Articles" })).First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Test Request (get /health)" }).ClickAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send" }).First.ClickAsync(), response => response.Url.EndsWith("/api/health", StringComparison.Ordinal));
        Assert.Equal(200, answer.Status);

        if (Environment.GetEnvironmentVariable("PRESSROOM_SCREENSHOTS") is { } pictures)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, "docs.png") });
        }

        Assert.Empty(elsewhere);
        Assert.Empty(complaints);
    }

    private static bool IsInPage(string url) => url.StartsWith("data:", StringComparison.Ordinal) || url.StartsWith("blob:", StringComparison.Ordinal);

    private static void Keep(bool isWrong, ConcurrentQueue<string> list, string text)
    {
        if (isWrong)
        {
            list.Enqueue(text);
        }
    }
}
