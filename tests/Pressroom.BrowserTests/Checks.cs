using System.Diagnostics;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Pressroom.BrowserTests;

/// <summary>The browser that pages are looked at with, and what they have to stand.</summary>
internal static class Checks
{
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = "/usr/bin/chromium",
        Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });

    /// <summary>What can differ between the light and the dark scheme.</summary>
    public static AxeRunOptions ColoursAlone { get; } = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } };

    /// <summary>Fails on an accessibility finding. The checker is a script: the page's context has to bypass its policy.</summary>
    public static async Task IsAccessibleAsync(IPage page, string name, AxeRunOptions? options = null)
    {
        var result = await page.RunAxe(options);
        Assert.True(result.Violations.Length == 0, $"{name}: {string.Join("\n", result.Violations.Select(Tell))}");
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

    private static string Tell(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help} {string.Join("; ", violation.Nodes.Select(node => node.Html))}";

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
