using System.Diagnostics;
using System.Globalization;

namespace Pressroom.Benchmarks;

/// <summary>Another web server on a free port, which serves a copy of a folder.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

    private readonly Process process;
    private readonly string folder;

    private WebServer(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>Null where nginx is not installed.</summary>
    public static Task<WebServer?> StartNginxAsync(string site) => StartAsync(
        site,
        "nginx",
        (folder, root, port) => string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            worker_processes auto;
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
    public static Task<WebServer?> StartApacheAsync(string site) => StartAsync(
        site,
        "apache2",
        (folder, root, port) => string.Create(CultureInfo.InvariantCulture, $$"""
            ServerRoot {{folder}}
            ServerName localhost
            Listen 127.0.0.1:{{port}}
            PidFile {{folder}}/pid
            ErrorLog {{folder}}/error.log
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            User nobody
            Group nogroup
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

    private static async Task<WebServer?> StartAsync(
        string site, string name, Func<string, string, int, string> configure, Func<string, string, string[]> arguments)
    {
        if (Places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists) is not { } program)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory($"pressroom-{name}-").FullName;
        var configuration = Path.Combine(folder, "server.conf");
        var root = Path.Combine(folder, "site");
        var port = Machine.FreePort();
        await CopyForAllAsync(site, root, folder);
        await File.WriteAllTextAsync(configuration, configure(folder, root, port));
        var process = Process.Start(new ProcessStartInfo(program, arguments(folder, configuration)))!;
        await Task.Delay(1_000);
        return new WebServer(process, folder, new Uri($"http://127.0.0.1:{port}"));
    }

    // A server that is started by root reads as somebody else, who may not look into the host's own folder.
    private static async Task CopyForAllAsync(string site, string root, string folder)
    {
        using var copy = Process.Start("cp", ["-R", site, root])!;
        await copy.WaitForExitAsync();
        using var permit = Process.Start("chmod", ["-R", "a+rX", folder])!;
        await permit.WaitForExitAsync();
    }
}
