using System.Diagnostics;

namespace Pressroom.StorageTests.Embedded;

/// <summary>This very executable, started again as a <see cref="Victim"/>.</summary>
internal sealed class VictimProcess : IDisposable
{
    private readonly Process process;

    public VictimProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(VictimProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
    }

    public int Id => process.Id;

    public TextReader Output => process.StandardOutput;

    /// <summary>Kills it as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellation);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
