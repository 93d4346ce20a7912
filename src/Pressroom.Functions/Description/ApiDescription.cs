using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Description;

/// <summary>The description of this API in OpenAPI 3.1, made from the triggers and what is declared on them when it is first asked for.</summary>
public sealed class ApiDescription
{
    internal const string TokenScheme = "token";
    internal const string PersonScheme = "person";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lazy<(byte[] Bytes, string ETag)> document;

    /// <summary>Makes nothing yet.</summary>
    public ApiDescription(SiteSettings site, AccessSettings access) => document = new(() =>
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(Make(site, access.OpenIdConnect, typeof(ApiDescription).Assembly.GetExportedTypes()), Readable);
        return (bytes, $"\"{Convert.ToHexStringLower(XxHash64.Hash(bytes))}\"");
    });

    /// <summary>200 with the document.</summary>
    public Answer Answer() => new(StatusCodes.Status200OK, document.Value.Bytes) { ETag = document.Value.ETag, IsForAnyOrigin = true };

    /// <summary>The document of the HTTP triggers in some classes.</summary>
    /// <param name="site">Whose API it is.</param>
    /// <param name="issuer">Who else vouches for editors; null where nobody does.</param>
    /// <param name="classes">The classes.</param>
    /// <exception cref="InvalidOperationException">A trigger, or a part of its address, is not described; the message names it.</exception>
    internal static JsonObject Make(SiteSettings site, OpenIdConnectSettings? issuer, IEnumerable<Type> classes)
    {
        var schemas = new Schemas();
        Refusals.AddTo(schemas);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var topics = new SortedSet<Topic>();
        foreach (var (method, function, trigger) in TriggersOf(classes))
        {
            var call = Call.Of(method, function.Name, trigger.Route ?? function.Name);
            topics.Add(call.Topic);
            var path = "/" + call.Route;
            paths.TryAdd(path, []);

            // That HEAD is GET without the content goes without saying.
            foreach (var verb in (trigger.Methods ?? []).Where(verb => !HttpMethods.IsHead(verb)))
            {
                paths[path][verb.ToLowerInvariant()] = new Operation(call, verb, schemas, issuer is not null).Describe();
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = $"{site.Title}: the editors’ and readers’ API",
                ["version"] = "1",
                ["description"] = About(),
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = site.ApiBaseUrl.AbsoluteUri.TrimEnd('/') }),
            ["tags"] = new JsonArray([.. topics.Select(topic => new JsonObject { ["name"] = topic.ToString(), ["description"] = MeaningOf(topic) })]),
            ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = SecuritySchemes(issuer),
                ["headers"] = Headers.Components(),
                ["examples"] = Refusals.Examples(),
                ["schemas"] = schemas.Components(),
            },
        };
    }

    private static JsonObject SecuritySchemes(OpenIdConnectSettings? issuer)
    {
        var schemes = new JsonObject
        {
            [TokenScheme] = new JsonObject
            {
                ["type"] = "http",
                ["scheme"] = "bearer",
                ["description"] = "A token of `POST /tokens`, or the administrator’s own. "
                    + "An operation names the role that it needs; the role `admin` may do everything.",
            },
        };
        if (issuer is not null)
        {
            schemes[PersonScheme] = new JsonObject
            {
                ["type"] = "openIdConnect",
                ["openIdConnectUrl"] = issuer.ConfigurationAddress,
                ["description"] = $"An access token of this issuer for `{issuer.Audience}`, sent as a bearer token. Its claim `{issuer.RolesClaim}` names the person’s roles: "
                    + string.Join(", ", issuer.Roles.Select(role => $"`{role.Key}` for `{role.Value.Word()}`")) + ".",
            };
        }

        return schemes;
    }

    private static IEnumerable<(MethodInfo Method, FunctionAttribute Function, HttpTriggerAttribute Trigger)> TriggersOf(IEnumerable<Type> classes) =>
        from type in classes
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null)
        where function is not null && trigger is not null
        select (method, function, trigger);

    private static string MeaningOf(Topic topic) =>
        typeof(Topic).GetField(topic.ToString())!.GetCustomAttribute<System.ComponentModel.DescriptionAttribute>()!.Description;

    private static string About() =>
        $"""
        JSON in and out, UTF-8, camelCase; moments in RFC 3339, in UTC. A field that nothing is known of is left out. In what is sent, `null` counts as left
        out, except in a PATCH, where it means the default; unknown fields, and unknown parameters of lists, are refused.

        **Lists** answer `items` and, where there is more, a `cursor` for the next page.

        **Versions**: what can change has an `ETag`. Send it as `If-Match` to change that version alone, and as `If-None-Match` to get 304 while it is the same.

        **Repeats**: where an operation takes an `Idempotency-Key`, the same key and body give the same answer for a day, and the work is done once.

        **Refusals** are `application/problem+json` (RFC 9457). The types never change:

        | type | status | means |
        | --- | --- | --- |
        {string.Join('\n', ProblemType.All.Select(type => string.Create(CultureInfo.InvariantCulture, $"| `{type.Urn}` | {type.Status} | {type.Meaning} |")))}

        The host itself may also answer 400 `bad-request`, 404 `not-found`, 405 `method-not-allowed`, 408 `timeout`, 413 `too-large` and 500 `internal`.
        """;
}
