using System.Diagnostics;
using System.Text.RegularExpressions;

[assembly: Xunit.AssemblyFixture(typeof(Pressroom.StorageTests.Azurite))]

namespace Pressroom.StorageTests;

/// <summary>Microsoft's emulator of Azure Storage, started when the first test asks for it and kept in memory until the last has
/// run. Tests share the one account, so each uses names of its own.</summary>
public sealed partial class Azurite : IAsyncDisposable
{
    // The account and key that Microsoft publishes for the emulator.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);

    // So that it also ends when the tests are killed.
    private const string EndWithParent = "data:text/javascript,process.stdin.on(\"end\",()=>process.exit()).resume()";

    private readonly Lazy<Task<(Process Process, string ConnectionString)>> started = new(StartAsync);

    /// <summary>How to reach it, once it answers.</summary>
    public async Task<string> ConnectionStringAsync() => (await started.Value).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated && started.Value.IsCompletedSuccessfully)
        {
            using var process = (await started.Value).Process;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static async Task<(Process Process, string ConnectionString)> StartAsync()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--import", EndWithParent, Script(),
                "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry",
                "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
            },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var complaint = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(LongestStart);
        var endpoints = new Dictionary<string, string>();
        while (endpoints.Count < 3)
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException($"Azurite ended before it was ready: {await complaint}");
            if (Listening().Match(line) is { Success: true } match)
            {
                endpoints[match.Groups["service"].Value] = match.Groups["url"].Value;
            }
        }

        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return (process, $"AccountName={Account};AccountKey={Key};"
            + string.Concat(endpoints.Select(e => $"{e.Key}Endpoint={e.Value}/{Account};")));
    }

    private static string Script()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Functions.sln")))
        {
            root = root.Parent;
        }

        var script = Path.Combine(root?.FullName ?? "", "tests", "node_modules", "azurite", "dist", "src", "azurite.js");
        return File.Exists(script)
            ? script
            : throw new InvalidOperationException("Azurite is not installed, and half of the storage tests need it: run `npm ci` in the folder tests.");
    }

    [GeneratedRegex(@"^Azurite (?<service>\w+) service is successfully listening at (?<url>\S+)$")]
    private static partial Regex Listening();
}
