using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Pressroom.Benchmarks;

/// <summary>The built LocalHost as a process of its own, on a data folder of its own.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string Token = "a-token-for-benchmarks-of-forty-letters--";

    private readonly Process process;
    private readonly string folder;

    private HostProcess(Process process, string folder, Uri address, TimeSpan timeToFirstAnswer)
    {
        (this.process, this.folder, Address, TimeToFirstAnswer) = (process, folder, address, timeToFirstAnswer);
        Editor = new HttpClient { BaseAddress = address };
        Editor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Address { get; }

    public HttpClient Editor { get; }

    /// <summary>From the start of the process to the first 200 for the home page.</summary>
    public TimeSpan TimeToFirstAnswer { get; }

    public string SiteFolder => Path.Combine(folder, "data", "site");

    public double MemoryMegabytes => StatusMegabytes("VmRSS") ?? (process.WorkingSet64 / 1024.0 / 1024.0);

    /// <summary>The most that was ever resident, of a process that runs; null where the system does not tell.</summary>
    public double? PeakMegabytes => StatusMegabytes("VmHWM");

    /// <summary>Starts on a new folder, or again on one that is there.</summary>
    public static async Task<HostProcess> StartAsync(string? existingFolder = null, bool welcome = false, IEnumerable<(string Name, string Value)>? settings = null)
    {
        var folder = existingFolder ?? Directory.CreateTempSubdirectory("pressroom-benchmark-").FullName;
        var address = new Uri($"http://127.0.0.1:{Machine.FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pressroom.LocalHost.dll")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri;
        start.Environment["Site__BaseUrl"] = address.AbsoluteUri;
        start.Environment["Pressroom__AdminToken"] = Token;
        start.Environment["Pressroom__Welcome"] = welcome ? "true" : "false";
        foreach (var (name, value) in settings ?? [])
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();

        using var reader = new HttpClient { BaseAddress = address };
        while (!await AnswersAsync(reader))
        {
            await Task.Delay(2);
        }

        return new HostProcess(process, folder, address, watch.Elapsed);
    }

    /// <summary>Stops the process and keeps its folder, for another start.</summary>
    public async Task<string> StopAsync()
    {
        Editor.Dispose();
        Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await process.WaitForExitAsync();
        process.Dispose();
        return folder;
    }

    public async ValueTask DisposeAsync() => Directory.Delete(await StopAsync(), recursive: true);

    private double? StatusMegabytes(string name) => File.Exists($"/proc/{process.Id}/status")
        ? double.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture) / 1024
        : null;

    private static async Task<bool> AnswersAsync(HttpClient reader)
    {
        try
        {
            using var answer = await reader.GetAsync(new Uri("/", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }
}
