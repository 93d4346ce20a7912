using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pressroom.Tests.Infra;

/// <summary>What a deployment would make.</summary>
internal sealed partial class Deployment(JsonNode snapshot)
{
    /// <summary>The secrets that the sample parameter files read from the environment.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new[]
    {
        "PRESSROOM_ADMIN_TOKEN", "PRESSROOM_SIGNING_KEY", "SMTP_PASSWORD", "SENDGRID_API_KEY", "SENDGRID_EVENT_WEBHOOK_PUBLIC_KEY", "AKISMET_KEY",
        "MASTODON_TOKEN", "BLUESKY_APP_PASSWORD", "TELEGRAM_TOKEN",
    }.ToDictionary(name => name, name => $"value-of-{name}-0123456789-0123456789");

    public IReadOnlyList<JsonObject> Resources { get; } = [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())];

    public IEnumerable<JsonObject> OfType(string type) => Resources.Where(resource => (string)resource["type"]! == type);

    /// <summary>The settings as they are written at the app: a secret is a reference.</summary>
    public IReadOnlyDictionary<string, string> AppSettings =>
        OfType("Microsoft.Web/sites/config").Single()["properties"]!.AsObject().ToDictionary(setting => setting.Key, setting => (string)setting.Value!);

    /// <summary>The settings as the app reads them: references are resolved with the vault, and what only Azure knows is stood in for.</summary>
    public IReadOnlyDictionary<string, string> SettingsOfTheApp
    {
        get
        {
            var vault = OfType("Microsoft.KeyVault/vaults/secrets").ToDictionary(
                secret => ((string)secret["name"]!).Split('/')[1], secret => (string)secret["properties"]!["value"]!);
            return AppSettings.ToDictionary(setting => setting.Key, setting => setting.Value switch
            {
                var value when Reference().Match(value) is { Success: true } reference => vault[reference.Groups["secret"].Value],
                var value when value.EndsWith(".outputs.websiteUrl.value]", StringComparison.Ordinal) => "https://account.z1.web.example/",
                var value when value.EndsWith(".defaultHostName)]", StringComparison.Ordinal) => "https://app.example/api",
                var value when value.EndsWith(".ConnectionString]", StringComparison.Ordinal) => $"InstrumentationKey={Guid.Empty};IngestionEndpoint=https://in.example/",
                var value when value.StartsWith("[format('ClientId={0};Authorization=AAD'", StringComparison.Ordinal) => $"ClientId={Guid.Empty};Authorization=AAD",
                var value when value.StartsWith('[') => "known-to-azure",
                var value => value,
            });
        }
    }

    public static bool IsReference(string value) => Reference().IsMatch(value);

    [GeneratedRegex(@"^\[format\('@Microsoft\.KeyVault\(SecretUri=https://\{0\}\{1\}/secrets/\{2\}\)', 'kv-\w+', environment\(\)\.suffixes\.keyvaultDns, '(?<secret>[0-9A-Za-z-]+)'\)\]$")]
    private static partial Regex Reference();
}
