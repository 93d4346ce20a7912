using System.Diagnostics;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Pressroom.BrowserTests;

/// <summary>The browser that pages are looked at with, and what they have to stand.</summary>
internal static class Checks
{
    // In milliseconds: a busy machine may take long over a page.
    private const float Patience = 180_000;

    static Checks() => Assertions.SetDefaultExpectTimeout(Patience);

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        Timeout = Patience,
        ExecutablePath = "/usr/bin/chromium-headless-shell",
        Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });

    /// <summary>A context that waits for as long as a busy machine takes.</summary>
    public static async Task<IBrowserContext> OpenAsync(this IBrowser browser, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return context;
    }

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>The options of axe for what can differ between the light and the dark scheme.</summary>
    public static object ColoursAlone { get; } = new { runOnly = new[] { "color-contrast" } };

    /// <summary>Fails on an accessibility finding. The checker is a script: the page's context has to bypass its policy.</summary>
    /// <remarks>No page has a frame, so axe runs in the page alone; Deque's own call opens a second page for each, which takes seconds.</remarks>
    public static async Task IsAccessibleAsync(IPage page, string name, object? options = null)
    {
        await page.EvaluateAsync(Axe);
        var findings = await page.EvaluateAsync<string[]>(
            """
            async options => {
              const found = await axe.run(document, { resultTypes: ["violations"], ...options });
              return found.violations.map(rule => `${rule.id}: ${rule.help} ${rule.nodes.map(node => node.html).join("; ")}`);
            }
            """,
            options);
        Assert.True(findings.Length == 0, $"{name}: {string.Join('\n', findings)}");
    }

    /// <summary>Fails where a file of the folder is not valid HTML.</summary>
    public static async Task AreValidAsync(string folder) => Assert.Empty(await FindingsInAsync(folder));

    /// <summary>What the Nu HTML checker finds in a folder's files, a line each.</summary>
    public static async Task<IReadOnlyList<string>> FindingsInAsync(string folder)
    {
        var jar = Path.Combine(RepositoryFolder(), "tests", "node_modules", "vnu-jar", "build", "dist", "vnu.jar");
        Assert.True(File.Exists(jar), "Run 'npm ci' in tests/ first.");

        // A file on disk has no origin, so the checker takes the site's own script for a stranger's.
        string[] arguments = ["-jar", jar, "--format", "gnu", "--skip-non-html", "--filterpattern", ".*/assets/comments-.*script-src.*", folder];
        var start = new ProcessStartInfo("java", arguments) { RedirectStandardError = true };
        using var checker = Process.Start(start)!;
        var findings = await checker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await checker.WaitForExitAsync(TestContext.Current.CancellationToken);
        return findings.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
