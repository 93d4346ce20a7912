using System.Diagnostics;
using System.Globalization;

namespace Pressroom.Benchmarks;

/// <summary>Another web server on a free port, which serves a folder.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

    private readonly Process process;
    private readonly string folder;

    private WebServer(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>Null where nginx is not installed.</summary>
    public static Task<WebServer?> StartNginxAsync(string root) => StartAsync(
        "nginx",
        (folder, port) => string.Create(CultureInfo.InvariantCulture, $$"""
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
            """),
        (folder, configuration) => ["-c", configuration, "-p", folder]);

    /// <summary>Null where Debian's Apache is not installed.</summary>
    public static Task<WebServer?> StartApacheAsync(string root) => StartAsync(
        "apache2",
        (folder, port) => string.Create(CultureInfo.InvariantCulture, $$"""
            ServerRoot {{folder}}
            ServerName localhost
            Listen 127.0.0.1:{{port}}
            PidFile {{folder}}/pid
            ErrorLog {{folder}}/error.log
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
            KeepAlive On
            MaxKeepAliveRequests 0
            DirectoryIndex index.html
            DocumentRoot {{root}}
            <Directory {{root}}>
              AllowOverride None
              Require all granted
            </Directory>
            """),
        (_, configuration) => ["-DFOREGROUND", "-f", configuration]);

    public async ValueTask DisposeAsync()
    {
        Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<WebServer?> StartAsync(string name, Func<string, int, string> configure, Func<string, string, string[]> arguments)
    {
        if (Places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists) is not { } program)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory($"pressroom-{name}-").FullName;
        var configuration = Path.Combine(folder, "server.conf");
        var port = Machine.FreePort();
        await File.WriteAllTextAsync(configuration, configure(folder, port));
        var process = Process.Start(new ProcessStartInfo(program, arguments(folder, configuration)))!;
        await Task.Delay(1_000);
        return new WebServer(process, folder, new Uri($"http://127.0.0.1:{port}"));
    }
}
