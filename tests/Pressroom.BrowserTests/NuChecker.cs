using System.Diagnostics;

namespace Pressroom.BrowserTests;

/// <summary>The Nu HTML checker, as <c>npm ci</c> in tests/ installs it.</summary>
internal static class NuChecker
{
    /// <summary>What it finds in all HTML files of a folder; nothing where all are valid.</summary>
    public static async Task<string> FindingsInAsync(string folder)
    {
        var jar = Path.Combine(RepositoryFolder(), "tests", "node_modules", "vnu-jar", "build", "dist", "vnu.jar");
        Assert.True(File.Exists(jar), "Run 'npm ci' in tests/ first.");
        var start = new ProcessStartInfo("java", ["-jar", jar, "--format", "gnu", "--skip-non-html", folder]) { RedirectStandardError = true };
        using var checker = Process.Start(start)!;
        var findings = await checker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await checker.WaitForExitAsync(TestContext.Current.CancellationToken);
        return findings;
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
