using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Pressroom.LocalHost.Hosting;

namespace Pressroom.Tests.LocalHost;

public sealed class HostSettingsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-settings-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_defaults_are_those_of_the_Functions_host()
    {
        Write("host.json", """{ "version": "2.0" }""");

        var host = HostJson.Read(folder.FullName, Settings());

        Assert.Equal("api", host.RoutePrefix);
        Assert.Equal(new QueueSettings(16, 8 * Environment.ProcessorCount, 5, TimeSpan.Zero, TimeSpan.FromMinutes(1)), host.Queues);
        Assert.Empty(host.LogLevels);
    }

    [Fact]
    public void The_file_of_the_working_folder_wins_over_the_one_beside_the_program()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), HostJson.Read(folder.FullName, Settings()).Queues.VisibilityTimeout);

        Write("host.json", """
            {
              // Comments are allowed, as in the Functions host.
              "extensions": {
                "http": { "routePrefix": "" },
                "queues": { "batchSize": 4, "newBatchThreshold": 0, "maxDequeueCount": 2, "visibilityTimeout": "00:00:30", "maxPollingInterval": "00:00:02.5", "messageEncoding": "Base64" },
              },
              "logging": { "logLevel": { "default": "warning", "Pressroom": "Debug" } },
              "functionTimeout": "00:10:00"
            }
            """);
        var host = HostJson.Read(folder.FullName, Settings());

        Assert.Equal("", host.RoutePrefix);
        Assert.Equal(new QueueSettings(4, 0, 2, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2.5)), host.Queues);
        Assert.Equal(LogLevel.Warning, host.LogLevels["Default"]);
        Assert.Equal(LogLevel.Debug, host.LogLevels["Pressroom"]);
    }

    [Fact]
    public void A_setting_wins_over_host_json()
    {
        Write("host.json", """{ "extensions": { "queues": { "batchSize": 4 } } }""");

        Assert.Equal(9, HostJson.Read(folder.FullName, Settings("--AzureFunctionsJobHost__extensions__queues__batchSize=9")).Queues.BatchSize);
    }

    [Fact]
    public void Every_wrong_value_is_named_by_its_path()
    {
        Write("host.json", """
            {
              "extensions": {
                "http": { "routePrefix": "/api/" },
                "queues": { "batchSize": 33, "newBatchThreshold": -1, "maxDequeueCount": 0, "visibilityTimeout": "8.00:00:00", "maxPollingInterval": "soon", "messageEncoding": "none" }
              },
              "logging": { "logLevel": { "Pressroom": "Loud" } }
            }
            """);

        var exception = Assert.Throws<SettingException>(() => HostJson.Read(folder.FullName, Settings()));

        Assert.Equal(
            [
                "host.json: extensions.queues.batchSize '33' is no number from 1 to 32.",
                "host.json: extensions.http.routePrefix '/api/' is no path without slashes at its ends.",
                "host.json: extensions.queues.newBatchThreshold '-1' is no number from 0 to 1000.",
                "host.json: extensions.queues.maxDequeueCount '0' is no number from 1 to 1000.",
                "host.json: extensions.queues.visibilityTimeout '8.00:00:00' is no time (hh:mm:ss) from 00:00:00 to 7.00:00:00.",
                "host.json: extensions.queues.maxPollingInterval 'soon' is no time (hh:mm:ss) from 00:00:00.1000000 to 1.00:00:00.",
                "host.json: logging.logLevel.Pressroom 'Loud' is none of Trace, Debug, Information, Warning, Error, Critical, None.",
                "host.json: extensions.queues.messageEncoding 'none' must be base64, as Pressroom's queues are written.",
            ],
            exception.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_local_settings_json()
    {
        Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "HostSettingsTests__A": "file", "HostSettingsTests:B": "file", "HostSettingsTests__C": "file" } }""");
        Environment.SetEnvironmentVariable("HostSettingsTests__B", "environment");
        Environment.SetEnvironmentVariable("HostSettingsTests__C", "environment");

        var settings = Settings("--HostSettingsTests__C=command line", "--HostSettingsTests__D", "two words");

        Assert.Equal("file", settings["HostSettingsTests:A"]);
        Assert.Equal("environment", settings["HostSettingsTests:B"]);
        Assert.Equal("command line", settings["HostSettingsTests:C"]);
        Assert.Equal("two words", settings["HostSettingsTests:D"]);
    }

    [Theory]
    [InlineData("local.settings.json", "{ \"IsEncrypted\": true, \"Values\": {} }", "is encrypted")]
    [InlineData("local.settings.json", "{ \"Values\": ", "local.settings.json is no JSON: ")]
    [InlineData("host.json", "[", "host.json is no JSON: ")]
    public void A_file_that_cannot_be_read_is_the_operators_error(string file, string text, string complaint)
    {
        Write(file, text);

        var exception = Assert.Throws<SettingException>(() => LocalHostBuilder.Create([], folder.FullName));

        Assert.Contains(complaint, exception.Message, StringComparison.Ordinal);
        Assert.Contains(folder.FullName, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "http://localhost:7071")]
    [InlineData("http://localhost:8123", "http://localhost:8123")]
    [InlineData("https://news.example.org", "http://localhost:7071")]
    public void It_listens_on_loopback_at_the_port_of_the_sites_address(string? baseUrl, string urls)
    {
        var builder = LocalHostBuilder.Create(baseUrl is null ? [] : [$"--Site__BaseUrl={baseUrl}"], folder.FullName);

        Assert.Equal(urls, builder.Configuration["urls"]);
    }

    [Fact]
    public void Addresses_that_are_told_win()
    {
        Assert.Equal("http://*:80", LocalHostBuilder.Create(["--urls", "http://*:80"], folder.FullName).Configuration["urls"]);
    }

    [Fact]
    public async Task A_wrong_setting_is_told_in_plain_lines_and_ends_the_program()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pressroom.LocalHost.dll"), "--Site__BaseUrl=nowhere", "--Pressroom__AdminToken=short"])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = await program.StandardError.ReadToEndAsync(Cancellation);
        await program.WaitForExitAsync(Cancellation);

        Assert.Equal(1, program.ExitCode);
        Assert.Equal(
            ["Pressroom__AdminToken has 5 characters; at least 32 are needed.", "Site__BaseUrl is no absolute http(s) address."],
            errors.TrimEnd().Split(Environment.NewLine));
        Assert.Empty(await output);
        Assert.Empty(folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var errors = new StringWriter();
        using var log = new CollectedLog();

        var exitCode = await OperatorErrors.ExplainAsync(errors, async () =>
        {
            var builder = LocalHostBuilder.Create([$"--urls=http://{taken.LocalEndpoint}"], folder.FullName);
            builder.Logging.AddProvider(log);
            await using var app = builder.Build();
            await app.StartAsync(Cancellation);
        });

        Assert.Equal(1, exitCode);
        Assert.Empty(log.Errors);
        Assert.Equal($"Failed to bind to address http://{taken.LocalEndpoint}: address already in use.", errors.ToString().TrimEnd());
    }

    [Fact]
    public async Task A_bug_keeps_its_stack()
    {
        var errors = new StringWriter();

        await Assert.ThrowsAsync<InvalidOperationException>(() => OperatorErrors.ExplainAsync(errors, () => throw new InvalidOperationException("a bug")));

        Assert.Empty(errors.ToString());
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(folder.FullName, file), text);

    private IConfiguration Settings(params string[] arguments)
    {
        var builder = new ConfigurationBuilder();
        builder.AddSettings(folder.FullName, arguments);
        return builder.Build();
    }
}
