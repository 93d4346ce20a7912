using System.Text.Json;

namespace Pressroom.LocalHost.Hosting;

/// <summary>Where settings come from: local.settings.json, environment variables over it, the command line over both.
/// All three may write <c>Site__BaseUrl</c>.</summary>
internal static class LocalSettings
{
    public static void AddSettings(this IConfigurationBuilder configuration, string workingFolder, string[] args) =>
        configuration
            .AddInMemoryCollection(FromFile(Path.Combine(workingFolder, "local.settings.json")))
            .AddEnvironmentVariables("ASPNETCORE_")
            .AddEnvironmentVariables()
            .AddCommandLine([.. args.Select(WithColons)]);

    // The shape that Azure Functions Core Tools gave the file: the settings are in "Values".
    private static Dictionary<string, string?> FromFile(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            var file = new ConfigurationBuilder().AddJsonStream(stream).Build();
            return bool.TryParse(file["IsEncrypted"], out var encrypted) && encrypted
                ? throw new SettingException($"{path} is encrypted; this host reads it in plain text only.")
                : file.GetSection("Values").AsEnumerable(makePathsRelative: true)
                    .ToDictionary(value => value.Key.Replace("__", ":", StringComparison.Ordinal), value => value.Value, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new SettingException($"{path} is no JSON: {(exception.InnerException ?? exception).Message}");
        }
    }

    private static string WithColons(string argument)
    {
        var end = argument.IndexOf('=', StringComparison.Ordinal);
        var key = end < 0 ? argument : argument[..end];
        return key.StartsWith("--", StringComparison.Ordinal) ? key.Replace("__", ":", StringComparison.Ordinal) + argument[key.Length..] : argument;
    }
}
