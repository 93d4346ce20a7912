using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pressroom.Tests.Infra;

/// <summary>Azure's own compiler and linter, on a copy of <c>infra/</c>: nothing is written beside the sources.</summary>
internal sealed partial class Bicep : IDisposable
{
    private const string Subscription = "00000000-0000-0000-0000-000000000001";

    private static readonly string Compiler =
        typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Bicep").Value!;

    private readonly DirectoryInfo copy = Directory.CreateTempSubdirectory("pressroom-infra");

    public Bicep()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository, "infra"), "*", SearchOption.AllDirectories))
        {
            var target = PathOf(Path.GetRelativePath(Path.Combine(Repository, "infra"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
            {
                folder = folder.Parent!;
            }

            return folder.FullName;
        }
    }

    public string PathOf(string file) => Path.Combine(copy.FullName, file);

    /// <summary>Everything that compiler and linter have to say about all files, warnings too; empty where all is well.</summary>
    public async Task<string> LintAsync()
    {
        var (_, said) = await RunAsync("lint", "--pattern", PathOf("**/*.bicep*"));
        return said;
    }

    public async Task<JsonObject> CompileAsync()
    {
        var template = PathOf("main.json");
        var (code, said) = await RunAsync("build", PathOf("main.bicep"), "--outfile", template);
        Assert.True(code == 0, said);
        return JsonNode.Parse(await File.ReadAllTextAsync(template))!.AsObject();
    }

    /// <summary>What a deployment with these parameters would make, as far as that can be told before it is made.</summary>
    public async Task<Deployment> PredictAsync(string parameters)
    {
        await RevealSecretsAsync();
        var (code, said) = await RunAsync(
            "snapshot", PathOf(parameters), "--mode", "overwrite", "--subscription-id", Subscription, "--location", "westeurope",
            "--tenant-id", "00000000-0000-0000-0000-000000000002");
        Assert.True(code == 0, said);
        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(PathOf(Path.ChangeExtension(parameters, ".snapshot.json"))))!;
        Assert.Empty(snapshot["diagnostics"]!.AsArray());
        return new Deployment(snapshot);
    }

    public void Dispose() => copy.Delete(recursive: true);

    /// <summary>A prediction takes no secret for known, and gives up at what is made of one, so it is made of a template without secrets.</summary>
    private async Task RevealSecretsAsync()
    {
        foreach (var file in Directory.GetFiles(copy.FullName, "*.bicep", SearchOption.AllDirectories))
        {
            await File.WriteAllTextAsync(file, SecureLine().Replace(await File.ReadAllTextAsync(file), ""));
        }

        await File.WriteAllTextAsync(PathOf("bicepconfig.json"), """{ "analyzers": { "core": { "enabled": false } } }""");
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Compiler, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Deployment.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (await output + errors).Trim());
    }

    [GeneratedRegex("^@secure\\(\\)\n", RegexOptions.Multiline)]
    private static partial Regex SecureLine();
}
