using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Pressroom.Benchmarks;

/// <summary>An article's page from the LocalHost, and the same file from nginx and Apache where they are installed.</summary>
internal static class ReadBenchmark
{
    private const int Connections = 16;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(FigureTable table)
    {
        await using var host = await HostProcess.StartAsync();
        using var answer = await host.Editor.PostAsync(new Uri("/api/articles", UriKind.Relative), JsonContent.Create(Article.Sample(1, archived: false)));
        answer.EnsureSuccessStatusCode();
        var url = (await answer.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!["url"]!.GetValue<string>();
        var path = new Uri(url).AbsolutePath;

        await LoadAsync(host.Address, path, Duration);
        var alone = await LoadAsync(host.Address, path, Duration);
        table.Note("article page from the LocalHost", alone, "a second");
        table.AgainstPeer(alone, "WordPress 6.1, the fastest peer that publishes", 53, "a second");
        await CompareAsync(table, host, path, "nginx", WebServer.StartNginxAsync, 0.5);
        await CompareAsync(table, host, path, "Apache", WebServer.StartApacheAsync, null);
    }

    // In turns, so that both see the same machine.
    private static async Task CompareAsync(FigureTable table, HostProcess host, string path, string peer, Func<string, Task<WebServer?>> start, double? target)
    {
        await using var server = await start(host.SiteFolder);
        if (server is null)
        {
            table.Missing($"… against {peer}", $"{peer} is not installed");
            return;
        }

        var ours = new List<double>();
        var theirs = new List<double>();
        for (var turn = 0; turn < 3; turn++)
        {
            ours.Add(await LoadAsync(host.Address, path, Duration));
            theirs.Add(await LoadAsync(server.Address, path, Duration));
        }

        var ratio = ours.Zip(theirs, (our, their) => our / their).Order().ElementAt(1);
        table.Note($"the same file from {peer}, median of 3", theirs.Order().ElementAt(1), "a second");
        if (target is { } least)
        {
            table.AtLeast($"LocalHost to {peer}, median of the pairs", ratio, least, "times");
        }
        else
        {
            table.Note($"LocalHost to {peer}, median of the pairs", ratio, "times");
        }
    }

    // Bare sockets: the client must not be what is measured.
    private static async Task<double> LoadAsync(Uri address, string path, TimeSpan duration)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, address.Port);
            var buffer = new byte[256 * 1024];
            var count = 0;
            while (watch.Elapsed < duration)
            {
                await socket.SendAsync(request);
                await ReadAnswerAsync(socket, buffer);
                count++;
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        var total = int.MaxValue;
        while (length < total)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new IOException("The server hung up.");
            }

            length += read;
            if (total == int.MaxValue && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                total = end + 4 + ContentLength(Encoding.ASCII.GetString(buffer, 0, end));
            }
        }
    }

    private static int ContentLength(string head)
    {
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(head);
        }

        var line = head.Split("\r\n").First(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return int.Parse(line.AsSpan(15), CultureInfo.InvariantCulture);
    }
}
