using System.Diagnostics;

namespace Pressroom.Tests.Infra;

/// <summary>The hook before <c>azd provision</c>, with azd and az played by scripts that keep their state in files.</summary>
public sealed class PreprovisionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-hook");

    [Fact]
    public async Task The_first_time_makes_secrets_long_enough_and_later_times_change_nothing()
    {
        await RunAsync();
        var (token, key) = (Value("PRESSROOM_ADMIN_TOKEN"), Value("PRESSROOM_SIGNING_KEY"));
        Assert.Matches("^[0-9a-f]{64}$", token);
        Assert.Matches("^[0-9a-f]{64}$", key);
        Assert.NotEqual(token, key);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-01$", Value("BUDGET_START"));

        await File.WriteAllTextAsync(EnvironmentFile("BUDGET_START"), "2020-01-01", TestContext.Current.CancellationToken);
        await RunAsync();
        Assert.Equal((token, key, "2020-01-01"), (Value("PRESSROOM_ADMIN_TOKEN"), Value("PRESSROOM_SIGNING_KEY"), Value("BUDGET_START")));
    }

    [Fact]
    public async Task Another_machine_takes_them_from_the_vault()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "vault-Pressroom--AdminToken"), "token-of-the-vault", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "vault-Pressroom--SigningKey"), "key-of-the-vault", TestContext.Current.CancellationToken);
        await RunAsync();
        Assert.Equal(("token-of-the-vault", "key-of-the-vault"), (Value("PRESSROOM_ADMIN_TOKEN"), Value("PRESSROOM_SIGNING_KEY")));
    }

    [Fact]
    public async Task A_vault_that_may_not_be_read_ends_it_with_nothing_changed()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "vault-of-somebody-else"), "", TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(RunAsync);
        Assert.False(File.Exists(EnvironmentFile("PRESSROOM_ADMIN_TOKEN")));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string EnvironmentFile(string name) => Path.Combine(folder.FullName, "env-" + name);

    private string Value(string name) => File.ReadAllText(EnvironmentFile(name));

    private async Task RunAsync()
    {
        Play("azd", """
            case "$2" in
              get-value) cat "$STATE/env-$3" 2>/dev/null || { echo "ERROR: key not found"; exit 1; } ;;
              set) printf %s "$4" >"$STATE/env-$3" ;;
            esac
            """);
        Play("az", """
            case "$2" in
              list) ls "$STATE" | grep -q ^vault && echo kv-test; true ;;
              secret) cat "$STATE/vault-$7" ;;
            esac
            """);
        var start = new ProcessStartInfo("sh", [Path.Combine(Bicep.Repository, "infra", "hooks", "preprovision.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = folder.FullName + ":" + Environment.GetEnvironmentVariable("PATH"),
                ["STATE"] = folder.FullName,
                ["AZURE_ENV_NAME"] = "test",
            },
        };
        using var hook = Process.Start(start)!;
        var output = hook.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await hook.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await hook.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(hook.ExitCode == 0, await output + errors);
    }

    private void Play(string program, string script)
    {
        var file = Path.Combine(folder.FullName, program);
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
