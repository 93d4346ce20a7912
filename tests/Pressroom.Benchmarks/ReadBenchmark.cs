using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Pressroom.Benchmarks;

/// <summary>An article's page from the LocalHost, and the same file from nginx where that is installed.</summary>
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

        await using var nginx = await Nginx.StartAsync(host.SiteFolder);
        if (nginx is null)
        {
            table.Note("article page from the LocalHost", await LoadAsync(host.Address, path, TimeSpan.FromSeconds(5)), "a second");
            table.Missing("… against nginx", "nginx is not installed");
            return;
        }

        // In turns, so that both see the same machine.
        var ours = new List<double>();
        var theirs = new List<double>();
        await LoadAsync(host.Address, path, Duration);
        for (var turn = 0; turn < 3; turn++)
        {
            ours.Add(await LoadAsync(host.Address, path, Duration));
            theirs.Add(await LoadAsync(nginx.Address, path, Duration));
        }

        table.Note("article page from the LocalHost, median of 3", ours.Order().ElementAt(1), "a second");
        table.Note("the same file from nginx, median of 3", theirs.Order().ElementAt(1), "a second");
        table.AtLeast("LocalHost to nginx, median of the pairs", ours.Zip(theirs, (our, their) => our / their).Order().ElementAt(1), 0.5, "times");
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

/// <summary>nginx on a free port, serving a folder.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process process;
    private readonly string folder;

    private Nginx(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>Null where nginx is not installed.</summary>
    public static async Task<Nginx?> StartAsync(string root)
    {
        var program = new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("pressroom-nginx-").FullName;
        var port = Machine.FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            worker_processes auto;
            user root;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
              types { text/html html; }
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000;
              open_file_cache max=1000;
              server { listen 127.0.0.1:{{port}}; root {{root}}; index index.html; }
            }
            """));
        var process = Process.Start(new ProcessStartInfo(program, ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder]))!;
        await Task.Delay(1_000);
        return new Nginx(process, folder, new Uri($"http://127.0.0.1:{port}"));
    }

    public async ValueTask DisposeAsync()
    {
        Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }
}
