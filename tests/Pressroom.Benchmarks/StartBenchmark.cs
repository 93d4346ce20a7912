namespace Pressroom.Benchmarks;

/// <summary>From the start of the process to the first page, and what it holds in memory when nothing happens.</summary>
internal static class StartBenchmark
{
    public static async Task RunAsync(FigureTable table)
    {
        var first = await HostProcess.StartAsync(welcome: true);
        table.Note("first start, empty folder, welcome article: to the first 200", first.TimeToFirstAnswer.TotalMilliseconds, "ms");
        var folder = await first.StopAsync();

        var starts = new List<double>();
        for (var count = 0; count < 5; count++)
        {
            var host = await HostProcess.StartAsync(folder, welcome: true);
            starts.Add(host.TimeToFirstAnswer.TotalMilliseconds);
            if (count < 4)
            {
                await host.StopAsync();
                continue;
            }

            await Task.Delay(TimeSpan.FromSeconds(10));
            table.AtMost("start to first 200 (built), median of 5", starts.Order().ElementAt(2), 1_000, "ms");
            table.AtMost("memory idle (resident)", host.MemoryMegabytes, 150, "MB");
            await host.DisposeAsync();
        }
    }
}
