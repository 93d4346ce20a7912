using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Pressroom.Tests.Infra;

/// <summary>The templates compiled and evaluated once, for all tests.</summary>
public sealed class InfraFixture : IAsyncLifetime
{
    internal JsonObject Template { get; private set; } = null!;

    internal Deployment SmallSite { get; private set; } = null!;

    internal Deployment Newsroom { get; private set; } = null!;

    /// <summary>A deployment of the least that must be given, by somebody whom the deployment's tool names.</summary>
    internal Deployment Least { get; private set; } = null!;

    internal IEnumerable<Deployment> All => [SmallSite, Newsroom, Least];

    public async ValueTask InitializeAsync()
    {
        using var bicep = new Bicep();
        Template = await bicep.CompileAsync();
        SmallSite = await bicep.PredictAsync("samples/small-site.bicepparam");
        Newsroom = await bicep.PredictAsync("samples/newsroom.bicepparam");
        await File.WriteAllTextAsync(bicep.PathOf("least.bicepparam"), """
            using 'main.bicep'
            param environmentName = 'least'
            param location = 'westeurope'
            param adminToken = readEnvironmentVariable('PRESSROOM_ADMIN_TOKEN')
            param signingKey = readEnvironmentVariable('PRESSROOM_SIGNING_KEY')
            param operatorPrincipalId = '00000000-0000-0000-0000-000000000003'
            """);
        Least = await bicep.PredictAsync("least.bicepparam");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed partial class TemplateTests(InfraFixture infra) : IClassFixture<InfraFixture>
{
    /// <summary>What is no setting of the app on Azure: the platform sets the one; an identity takes the place of the other.</summary>
    private static readonly string[] NotOnAzure = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"];

    /// <summary>What the template says alone, so that no parameter can turn the app away from its own identity.</summary>
    private static readonly string[] SaidByTheTemplate =
    [
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    private static readonly string[] Networked = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites"];

    [Fact]
    public async Task Every_setting_of_the_sample_can_be_given()
    {
        using var bicep = new Bicep();
        var keys = SampleKeys().Except(NotOnAzure).Except(SaidByTheTemplate).ToList();
        var secret = keys.Where(IsSecret).ToList();
        await File.WriteAllTextAsync(bicep.PathOf("all.bicepparam"), $$"""
            using 'main.bicep'
            param environmentName = 'all'
            param location = 'westeurope'
            param adminToken = readEnvironmentVariable('PRESSROOM_ADMIN_TOKEN')
            param signingKey = readEnvironmentVariable('PRESSROOM_SIGNING_KEY')
            param appSettings = {
            {{string.Join('\n', keys.Except(secret).Concat(SaidByTheTemplate).Select(key => $"  '{key}': 'given-{key}'"))}}
            }
            param secretSettings = {
            {{string.Join('\n', secret.Select(key => $"  '{key}': 'given-{key}'"))}}
            }
            """, TestContext.Current.CancellationToken);

        var deployment = await bicep.PredictAsync("all.bicepparam");
        Assert.All(keys, key => Assert.Equal($"given-{key}", deployment.SettingsOfTheApp[key]));
        Assert.All(secret, key => Assert.True(Deployment.IsReference(deployment.AppSettings[key]), key));
        Assert.DoesNotContain(NotOnAzure, deployment.AppSettings.ContainsKey);
        Assert.All(SaidByTheTemplate, key => Assert.NotEqual($"given-{key}", deployment.SettingsOfTheApp[key]));
    }

    [Fact]
    public async Task Every_parameter_for_a_setting_reaches_it()
    {
        using var bicep = new Bicep();
        var given = new (string Parameter, string Value, string Key)[]
        {
            ("adminToken", "an-administrators-token-of-32-characters", "Pressroom__AdminToken"),
            ("signingKey", "a-signing-key-of-more-than-32-characters", "Pressroom__SigningKey"),
            ("welcome", "false", "Pressroom__Welcome"),
            ("siteBaseUrl", "https://news.example", "Site__BaseUrl"),
            ("siteApiBaseUrl", "https://api.example/api", "Site__ApiBaseUrl"),
            ("siteTitle", "Title", "Site__Title"),
            ("siteLanguage", "ar", "Site__Language"),
            ("siteTimeZone", "Africa/Tunis", "Site__TimeZone"),
            ("mailFrom", "from@example.org", "Mail__From"),
            ("mailFromName", "From", "Mail__FromName"),
            ("mailModerators", "one@example.org,two@example.org", "Mail__Moderators"),
            ("mailPostalAddress", "Street 1", "Mail__PostalAddress"),
            ("sendGridApiKey", "send-grid-key", "SendGrid__ApiKey"),
            ("sendGridEventWebhookPublicKey", "public-key", "SendGrid__EventWebhookPublicKey"),
            ("smtpHost", "smtp.example.org", "Smtp__Host"),
            ("smtpPort", "2525", "Smtp__Port"),
            ("smtpUsername", "user", "Smtp__Username"),
            ("smtpPassword", "smtp-password", "Smtp__Password"),
            ("newsletterDigest", "weekly", "Newsletter__Digest"),
            ("newsletterHour", "9", "Newsletter__Hour"),
            ("commentsModeration", "first", "Comments__Moderation"),
            ("commentsCloseAfterDays", "14", "Comments__CloseAfterDays"),
            ("commentsWords", "casino,pills", "Comments__Words"),
            ("akismetKey", "akismet-key", "Akismet__Key"),
        };
        await File.WriteAllTextAsync(bicep.PathOf("typed.bicepparam"), $"""
            using 'main.bicep'
            param environmentName = 'typed'
            param location = 'westeurope'
            {string.Join('\n', given.Select(one => $"param {one.Parameter} = {(Literal().IsMatch(one.Value) ? one.Value : $"'{one.Value}'")}"))}
            """, TestContext.Current.CancellationToken);

        var deployment = await bicep.PredictAsync("typed.bicepparam");
        Assert.All(given, one => Assert.Equal(one.Value, deployment.SettingsOfTheApp[one.Key]));
        var settings = Read(deployment);
        Assert.Equal("https://api.example/api", settings.Site.ApiBaseUrl.OriginalString);
        Assert.Equal(2, settings.Mail.Moderators.Count);
    }

    [Fact]
    public void The_app_starts_with_what_each_deployment_tells_it()
    {
        foreach (var deployment in infra.All)
        {
            var storage = Read(deployment).Storage;
            Assert.False(storage.IsEmbedded);
            Assert.Null(storage.ConnectionString);
            Assert.StartsWith("st", storage.AccountName, StringComparison.Ordinal);
            Assert.NotNull(storage.ClientId);
        }

        Assert.Equal("https://account.z1.web.example/", Read(infra.Least).Site.BaseUrl.AbsoluteUri);
        Assert.Equal("https://app.example/api", Read(infra.Least).Site.ApiBaseUrl.AbsoluteUri);
        Assert.NotNull(Read(infra.SmallSite).Mail.Smtp);
        Assert.Equal("https://www.tribune.example/api", Read(infra.Newsroom).Site.ApiBaseUrl.AbsoluteUri);
        Assert.Equal(4, Read(infra.Newsroom).Channels.Count);
    }

    [Fact]
    public void A_secret_is_in_the_vault_and_nowhere_else()
    {
        foreach (var deployment in infra.All)
        {
            var secrets = deployment.OfType("Microsoft.KeyVault/vaults/secrets").Select(secret => (string)secret["properties"]!["value"]!).ToList();
            Assert.True(secrets.Count >= 2);
            Assert.All(deployment.Resources.Except(deployment.OfType("Microsoft.KeyVault/vaults/secrets")), resource =>
                Assert.DoesNotContain(secrets, secret => resource.ToJsonString().Contains(secret, StringComparison.Ordinal)));
        }

        Assert.Equal(["adminToken", "akismetKey", "secretSettings", "sendGridApiKey", "signingKey", "smtpPassword"], SecretParameters().Order());
    }

    [Fact]
    public void No_expression_asks_for_a_key()
    {
        var forbidden = KeyOrItsMaker();
        Assert.DoesNotContain(Texts(infra.Template), text => forbidden.IsMatch(text.Value));
        Assert.Matches(forbidden, "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'x'), '2023-01-01').keys[0].value]");

        var connection = Texts(infra.Template).Where(text => text.Value.Contains("ConnectionString", StringComparison.OrdinalIgnoreCase)).ToList();
        var allowed = Assert.Single(connection);
        Assert.EndsWith(".template.resources.appSettings.properties", allowed.Path, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(allowed.Value, @"\)\.ConnectionString"));
        Assert.Contains("'APPLICATIONINSIGHTS_CONNECTION_STRING', reference('applicationInsights').ConnectionString", allowed.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void No_output_is_made_of_a_secret()
    {
        var outputs = Texts(infra.Template).Where(text => text.Path.Contains(".outputs.", StringComparison.Ordinal) && text.Path.EndsWith(".value", StringComparison.Ordinal)).ToList();
        Assert.True(outputs.Count >= 10);
        string[] secrets = [.. SecretParameters().Select(name => $"parameters('{name}')"), "variables('secrets')", "ConnectionString"];
        Assert.DoesNotContain(outputs, output => secrets.Any(secret => output.Value.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Only_the_site_the_api_and_the_vaults_door_are_public()
    {
        foreach (var deployment in infra.All)
        {
            var account = deployment.OfType("Microsoft.Storage/storageAccounts").Single()["properties"]!;
            Assert.False((bool)account["allowSharedKeyAccess"]!);
            Assert.False((bool)account["allowBlobPublicAccess"]!);
            Assert.Equal("index.html", (string?)deployment.OfType("Microsoft.Storage/storageAccounts/blobServices").Single()["properties"]!["staticWebsite"]!["indexDocument"]);
            Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers"), container => Assert.Equal("None", (string?)container["properties"]!["publicAccess"]));
            Assert.True((bool)deployment.OfType("Microsoft.KeyVault/vaults").Single()["properties"]!["enableRbacAuthorization"]!);
            Assert.True((bool)deployment.OfType("Microsoft.KeyVault/vaults").Single()["properties"]!["enablePurgeProtection"]!);
            Assert.True((bool)deployment.OfType("Microsoft.Insights/components").Single()["properties"]!["DisableLocalAuth"]!);
            Assert.True((bool)deployment.OfType("Microsoft.OperationalInsights/workspaces").Single()["properties"]!["features"]!["disableLocalAuth"]!);
            Assert.Equal(["ftp", "scm"], deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Where(policy => !(bool)policy["properties"]!["allow"]!).Select(policy => ((string)policy["name"]!).Split('/')[1]).Order());

            var open = deployment.Resources.Where(resource => Texts(resource).Any(text => text.Path.EndsWith(".publicNetworkAccess", StringComparison.Ordinal) && text.Value != "Disabled"));
            Assert.Equal(Networked.Order(), open.Select(resource => (string)resource["type"]!).Order());
            Assert.DoesNotContain(Texts(deployment), text => text.Path.Contains("publicAccess", StringComparison.OrdinalIgnoreCase) && text.Value is not "None");
        }
    }

    [Fact]
    public void Behind_a_front_door_the_app_takes_calls_from_it_alone()
    {
        var config = infra.Newsroom.OfType("Microsoft.Web/sites").Single()["properties"]!["siteConfig"]!;
        Assert.Equal("Deny", (string?)config["ipSecurityRestrictionsDefaultAction"]);
        var rule = Assert.Single(config["ipSecurityRestrictions"]!.AsArray())!;
        Assert.Equal("AzureFrontDoor.Backend", (string?)rule["ipAddress"]);
        Assert.EndsWith(".outputs.frontDoorId.value]", (string?)rule["headers"]!["x-azure-fdid"]![0], StringComparison.Ordinal);

        Assert.Empty(infra.Least.OfType("Microsoft.Cdn/profiles"));
        Assert.Equal("Allow", (string?)infra.Least.OfType("Microsoft.Web/sites").Single()["properties"]!["siteConfig"]!["ipSecurityRestrictionsDefaultAction"]);
    }

    [Fact]
    public void The_front_door_gives_pages_their_headers_and_caches_no_call()
    {
        var headers = infra.Newsroom.OfType("Microsoft.Cdn/profiles/ruleSets/rules")
            .SelectMany(rule => rule["properties"]!["actions"]!.AsArray())
            .Where(action => (string?)action!["name"] == "ModifyResponseHeader")
            .ToDictionary(action => (string)action!["parameters"]!["headerName"]!, action => (string)action!["parameters"]!["value"]!);
        Assert.Equal(
            ["Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"],
            headers.Keys.Order());
        Assert.StartsWith("default-src 'none';", headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", headers["Content-Security-Policy"], StringComparison.Ordinal);

        var routes = infra.Newsroom.OfType("Microsoft.Cdn/profiles/afdEndpoints/routes").ToDictionary(route => ((string)route["name"]!).Split('/')[^1], route => route["properties"]!);
        Assert.Equal(["/api", "/api/*"], routes["api"]["patternsToMatch"]!.AsArray().Select(pattern => (string)pattern!));
        Assert.Null(routes["api"]["cacheConfiguration"]);
        Assert.Equal(["/*"], routes["website"]["patternsToMatch"]!.AsArray().Select(pattern => (string)pattern!));
        Assert.Equal(2, routes["website"]["ruleSets"]!.AsArray().Count);
    }

    [Fact]
    public void Nothing_is_served_without_tls_of_today()
    {
        foreach (var deployment in infra.All)
        {
            var versions = Texts(deployment).Where(text => TlsVersion().IsMatch(text.Path)).ToList();
            Assert.True(versions.Count >= 3);
            Assert.All(versions, version => Assert.Contains(version.Value, new[] { "1.2", "1.3", "TLS1_2", "TLS1_3", "TLS12", "TLS13" }));
            Assert.True((bool)deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["httpsOnly"]!);
            Assert.Equal("Disabled", (string?)deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["siteConfig"]!["ftpsState"]);
            Assert.True((bool)deployment.OfType("Microsoft.Storage/storageAccounts").Single()["properties"]!["supportsHttpsTrafficOnly"]!);
            Assert.All(deployment.OfType("Microsoft.Cdn/profiles/afdEndpoints/routes"), route =>
            {
                Assert.Equal("HttpsOnly", (string?)route["properties"]!["forwardingProtocol"]);
                Assert.Equal("Enabled", (string?)route["properties"]!["httpsRedirect"]);
            });
        }
    }

    [Fact]
    public void The_app_has_these_roles_and_no_other()
    {
        string[] ofTheApp =
        [
            "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3 Microsoft.Storage/storageAccounts", // Storage Table Data Contributor
            "3913510d-42f4-4e42-8a64-420c390055eb Microsoft.Insights/components", // Monitoring Metrics Publisher
            "4633458b-17de-408a-b874-0445c86b69e6 Microsoft.KeyVault/vaults", // Key Vault Secrets User
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88 Microsoft.Storage/storageAccounts", // Storage Queue Data Contributor
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b Microsoft.Storage/storageAccounts", // Storage Blob Data Owner
        ];
        foreach (var deployment in infra.All)
        {
            Assert.Equal(ofTheApp, RolesOf(deployment, assignment => Principal(assignment).EndsWith(".outputs.principalId.value]", StringComparison.Ordinal)));
        }

        Assert.Equal(["4633458b-17de-408a-b874-0445c86b69e6 Microsoft.KeyVault/vaults"], RolesOf(infra.Least, assignment => !Principal(assignment).StartsWith('[')));
        Assert.Empty(RolesOf(infra.Newsroom, assignment => !Principal(assignment).StartsWith('[')));
    }

    [Fact]
    public void Every_alert_has_its_section_in_the_runbook()
    {
        string[] kinds = ["Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/metricAlerts", "Microsoft.Consumption/budgets"];
        var alerts = infra.Newsroom.Resources.Where(resource => kinds.Contains((string)resource["type"]!)).ToList();
        var runbook = File.ReadAllText(Path.Combine(Bicep.Repository, "infra", "RUNBOOK.md"));
        var sections = AlertSection().Matches(runbook.Split("\n## Alerts\n")[1].Split("\n## ")[0]).Select(section => section.Groups[1].Value);
        Assert.Equal(alerts.Select(alert => (string)alert["name"]!).Order(), sections.Order());
        Assert.All(alerts.Where(alert => (string)alert["type"]! != kinds[2]), alert =>
            Assert.Equal($"What to do: infra/RUNBOOK.md, {alert["name"]}.", (string?)alert["properties"]!["description"]));
        Assert.DoesNotContain(infra.Least.Resources, resource => kinds.Contains((string)resource["type"]!));
    }

    [Fact]
    public void Alerts_and_runbook_ask_for_metrics_that_there_are()
    {
        string[] metrics =
        [
            "pressroom.queue.depth", "pressroom.queue.oldest_message.age", "pressroom.poison.messages", "pressroom.deliveries",
            "pressroom.publish.duration", "pressroom.publish_to_feed.duration", "pressroom.mails", "pressroom.comments", "pressroom.refusals",
        ];
        var queries = infra.Newsroom.OfType("Microsoft.Insights/scheduledQueryRules").Select(rule => (string)rule["properties"]!["criteria"]!["allOf"]![0]!["query"]!).ToList();
        Assert.DoesNotContain(queries, query => query.Contains("OLDEST", StringComparison.Ordinal));
        Assert.Contains(queries, query => query.Contains("age > 300", StringComparison.Ordinal));
        var runbook = File.ReadAllText(Path.Combine(Bicep.Repository, "infra", "RUNBOOK.md"));
        var asked = queries.Append(runbook).SelectMany(text => MetricName().Matches(text)).Select(name => name.Value).Distinct().ToList();
        Assert.Contains("pressroom.mails", asked);
        Assert.Subset(metrics.ToHashSet(), asked.ToHashSet());
    }

    [Fact]
    public void Azds_parameters_are_the_templates_with_the_templates_defaults()
    {
        var parameters = infra.Template["parameters"]!.AsObject();
        var given = JsonNode.Parse(File.ReadAllText(Path.Combine(Bicep.Repository, "infra", "main.parameters.json")))!["parameters"]!.AsObject();
        Assert.Subset(parameters.Select(parameter => parameter.Key).ToHashSet(), given.Select(parameter => parameter.Key).ToHashSet());
        var needed = parameters.Where(parameter => !parameter.Value!.AsObject().ContainsKey("defaultValue")).Select(parameter => parameter.Key);
        Assert.Superset(needed.ToHashSet(), given.Select(parameter => parameter.Key).ToHashSet());
        foreach (var (name, value) in given)
        {
            if (value!["value"] is JsonValue text && Substitution().Match((string)text!) is { Success: true } substitution)
            {
                Assert.Equal(parameters[name]!["defaultValue"]!.ToString(), substitution.Groups[1].Value, ignoreCase: true);
            }
        }
    }

    [Fact]
    public void What_azd_is_told_of_is_there()
    {
        var lines = File.ReadAllLines(Path.Combine(Bicep.Repository, "azure.yaml")).Select(line => line.Trim()).ToList();
        string Value(string key) => lines.Single(line => line.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();
        string At(params string[] path) => Path.Combine([Bicep.Repository, .. path]);

        Assert.True(File.Exists(At(Value("path"), Value("module") + ".bicep")));
        Assert.True(File.Exists(At(Value("path"), Value("module") + ".parameters.json")));
        Assert.Single(Directory.GetFiles(At(Value("project")), "*.csproj"));
        Assert.Equal("function", Value("host"));
        Assert.True(File.Exists(At(Value("run"))));
        var service = lines[lines.IndexOf("services:") + 1].TrimEnd(':');
        Assert.Equal(service, (string?)infra.Least.OfType("Microsoft.Web/sites").Single()["tags"]!["azd-service-name"]);
    }

    private static IEnumerable<string> SampleKeys()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Bicep.Repository, "local.settings.sample.json")));
        return [.. sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name)];
    }

    private static bool IsSecret(string key) => SecretPart().IsMatch(key) && !key.EndsWith("PublicKey", StringComparison.Ordinal);

    private static Settings Read(Deployment deployment) => Settings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(deployment.SettingsOfTheApp.ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => (string?)setting.Value))
        .Build());

    private IEnumerable<string> SecretParameters() => infra.Template["parameters"]!.AsObject()
        .Where(parameter => ((string?)parameter.Value!["type"] ?? (string)Definition(parameter.Value)["type"]!).StartsWith("secure", StringComparison.Ordinal))
        .Select(parameter => parameter.Key);

    private JsonNode Definition(JsonNode parameter) => infra.Template["definitions"]![((string)parameter["$ref"]!).Split('/')[^1]]!;

    private static string Principal(JsonObject assignment) => (string)assignment["properties"]!["principalId"]!;

    /// <summary>A role's id and the type of what it is given on, for each assignment.</summary>
    private static List<string> RolesOf(Deployment deployment, Func<JsonObject, bool> where) =>
        [.. deployment.OfType("Microsoft.Authorization/roleAssignments").Where(where)
            .Select(assignment => $"{((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1]} {Scope().Match((string)assignment["id"]!).Groups[1].Value}")
            .Order()];

    private static IEnumerable<(string Path, string Value)> Texts(Deployment deployment) => deployment.Resources.SelectMany(resource => Texts(resource));

    private static IEnumerable<(string Path, string Value)> Texts(JsonNode? node, string path = "") => node switch
    {
        JsonObject fields => fields.SelectMany(field => Texts(field.Value, $"{path}.{field.Key}")),
        JsonArray items => items.SelectMany(item => Texts(item, path)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [(path, (string)value!)],
        _ => [],
    };

    [GeneratedRegex(@"\blist\w*\(|AccountKey|SharedAccessKey|SharedAccessSignature|[?&]sig=|InstrumentationKey|DefaultEndpointsProtocol|\bprimaryKey\b", RegexOptions.IgnoreCase)]
    private static partial Regex KeyOrItsMaker();

    [GeneratedRegex("Token|SigningKey|ApiKey|Password|Secret|Akismet__Key|akismetKey|ConnectionString", RegexOptions.IgnoreCase)]
    private static partial Regex SecretPart();

    [GeneratedRegex(@"\.(\w*minTlsVersion|minimumTlsVersion)$", RegexOptions.IgnoreCase)]
    private static partial Regex TlsVersion();

    [GeneratedRegex(@"/providers/(Microsoft\.\w+/\w+)/[^/]+/providers/Microsoft\.Authorization/")]
    private static partial Regex Scope();

    [GeneratedRegex(@"^### `([a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex AlertSection();

    [GeneratedRegex(@"pressroom(\.[a-z_]+)+(?=[""`])")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^\$\{\w+=(.*)\}$")]
    private static partial Regex Substitution();

    [GeneratedRegex("^(true|false|[0-9]+)$")]
    private static partial Regex Literal();
}
