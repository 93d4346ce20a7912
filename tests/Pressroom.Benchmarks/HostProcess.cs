using System.Collections.Concurrent;
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

    private HostProcess(Process process, HostLog log, string folder, Uri address, TimeSpan timeToFirstAnswer)
    {
        (this.process, Log, this.folder, Address, TimeToFirstAnswer) = (process, log, folder, address, timeToFirstAnswer);
        Editor = new HttpClient { BaseAddress = address };
        Editor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Address { get; }

    public HttpClient Editor { get; }

    /// <summary>From the start of the process to the first 200 for the home page.</summary>
    public TimeSpan TimeToFirstAnswer { get; }

    public HostLog Log { get; }

    public string SiteFolder => Path.Combine(folder, "data", "site");

    public double MemoryMegabytes => StatusMegabytes("VmRSS") ?? (process.WorkingSet64 / 1024.0 / 1024.0);

    /// <summary>What is resident and no file's: heaps and stacks. NaN where the system does not tell.</summary>
    public double PrivateMegabytes => StatusMegabytes("RssAnon") ?? double.NaN;

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

        // All come from one network and with one token here.
        start.Environment["Access__LimitPerToken"] = "0";
        start.Environment["Access__LimitPerPrefix"] = "0";
        start.Environment["Pressroom__Welcome"] = welcome ? "true" : "false";
        foreach (var (name, value) in settings ?? [])
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var log = new HostLog();
        process.OutputDataReceived += (_, line) => log.Take(line.Data);
        process.BeginOutputReadLine();

        using var reader = new HttpClient { BaseAddress = address };
        while (!await AnswersAsync(reader))
        {
            await Task.Delay(2);
        }

        return new HostProcess(process, log, folder, address, watch.Elapsed);
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

/// <summary>What a host complained of on its console.</summary>
internal sealed class HostLog
{
    private const string Timestamp = "yyyy-MM-dd HH:mm:ssZ ";

    private readonly ConcurrentQueue<string> errors = new();
    private int warnings;

    public IReadOnlyCollection<string> Errors => errors;

    public int Warnings => warnings;

    public void Take(string? line)
    {
        var message = line?.Length > Timestamp.Length ? line.AsSpan(Timestamp.Length) : "";
        if (message.StartsWith("fail:", StringComparison.Ordinal) || message.StartsWith("crit:", StringComparison.Ordinal))
        {
            errors.Enqueue(line!);
        }
        else if (message.StartsWith("warn:", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref warnings);
        }
    }
}
