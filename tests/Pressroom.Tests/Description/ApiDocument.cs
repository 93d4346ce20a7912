using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using NJsonSchema;

namespace Pressroom.Tests.Description;

/// <summary>The description as a caller reads it, and what it says of an answer.</summary>
internal sealed class ApiDocument
{
    private readonly JsonObject root;
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new();

    public ApiDocument(JsonNode root)
    {
        this.root = root.AsObject();
        Operations = (from path in this.root["paths"]!.AsObject()
                      from operation in path.Value!.AsObject()
                      select new ApiOperation(path.Key, new HttpMethod(operation.Key.ToUpperInvariant()), operation.Value!.AsObject()))
            .ToDictionary(operation => operation.Id);
    }

    public IReadOnlyDictionary<string, ApiOperation> Operations { get; }

    /// <summary>What a reference stands for; anything else is itself.</summary>
    public JsonObject Resolve(JsonNode node)
    {
        if ((string?)node["$ref"] is not { } reference)
        {
            return node.AsObject();
        }

        JsonNode found = root;
        foreach (var part in reference.Split('/').Skip(1))
        {
            found = found[part] ?? throw new InvalidOperationException($"{reference} leads nowhere.");
        }

        return found.AsObject();
    }

    /// <summary>The record behind a field's schema, where it is or may be one.</summary>
    public JsonObject? ObjectOf(JsonNode schema) => (schema["anyOf"]?.AsArray().Select(choice => choice!) ?? [schema])
        .Select(Resolve).FirstOrDefault(choice => choice.ContainsKey("properties"));

    /// <summary>What is wrong with a body by its schema, a line each. Fields that are not described are wrong too.</summary>
    public IReadOnlyList<string> Complaints(JsonNode schema, JsonNode? body) =>
        [.. SchemaOf(schema).Validate(body?.ToJsonString() ?? "null").Select(error => $"{error.Path}: {error.Kind}")];

    /// <summary>Holds an answer against what is said of its operation.</summary>
    public async Task CheckAsync(ApiOperation operation, HttpResponseMessage answer)
    {
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var where = $"{operation.Id} {status}: {body[..Math.Min(body.Length, 600)]}\n";
        Assert.True(operation.Json["responses"]![status] is not null, where + "is not described.");
        var response = operation.Json["responses"]![status]!;
        foreach (var header in response["headers"]?.AsObject().Select(header => header.Key) ?? [])
        {
            Assert.True(answer.Headers.Contains(header), where + $"has no {header}.");
        }

        var type = answer.Content.Headers.ContentType?.MediaType;
        if (response["content"] is not { } content)
        {
            Assert.True(body.Length == 0 && type is null, where + "has a body that is not described.");
            return;
        }

        Assert.True(type is not null && content[type] is not null, where + $"is {type}, which is not described.");
        if (type.EndsWith("json", StringComparison.Ordinal))
        {
            var complaints = Complaints(content[type!]!["schema"]!, JsonNode.Parse(body));
            Assert.True(complaints.Count == 0, where + string.Join('\n', complaints));
        }
    }

    private JsonSchema SchemaOf(JsonNode schema) => schemas.GetOrAdd(schema.ToJsonString(), text =>
    {
        // The validator looks for names below "definitions", and not beside a reference.
        var alone = new JsonObject { ["allOf"] = new JsonArray(JsonNode.Parse(text)), ["definitions"] = root["components"]!["schemas"]!.DeepClone() };
        foreach (var definition in alone["definitions"]!.AsObject())
        {
            if (definition.Value!["properties"] is not null && definition.Value["additionalProperties"] is null)
            {
                definition.Value["additionalProperties"] = false;
            }
        }

        return JsonSchema.FromJsonAsync(alone.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal)).GetAwaiter().GetResult();
    });
}

/// <summary>An operation of the description.</summary>
internal sealed record ApiOperation(string Path, HttpMethod Method, JsonObject Json)
{
    public string Id => (string)Json["operationId"]!;

    public string? Role => (string?)Json["security"]!.AsArray().FirstOrDefault()?["token"]?[0];

    public IReadOnlyList<JsonObject> Parameters => [.. Json["parameters"]?.AsArray().Select(parameter => parameter!.AsObject()) ?? []];

    public IReadOnlyList<int> Statuses => [.. Json["responses"]!.AsObject().Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture))];

    /// <summary>The types of problems that it can answer with, by their short names.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. Json["responses"]!.AsObject().SelectMany(response =>
            response.Value!["content"]?["application/problem+json"]?["examples"]?.AsObject().Select(example => example.Key) ?? []),
    ];

    public JsonObject? Body(string contentType = "application/json") => Json["requestBody"]?["content"]?[contentType]?.AsObject();

    public bool NeedsVersion => Parameters.Any(parameter => (string)parameter["name"]! == "If-Match" && (bool)parameter["required"]!);

    public bool Takes(string place, string name) => Parameters.Any(parameter => (string)parameter["in"]! == place && (string)parameter["name"]! == name);

    /// <summary>Its address, with these in place of the variable parts, or else their examples.</summary>
    public string Address(params ReadOnlySpan<string> values)
    {
        var address = Path;
        var at = 0;
        foreach (var parameter in Parameters.Where(parameter => (string)parameter["in"]! == "path"))
        {
            var value = at < values.Length ? values[at++] : (string)parameter["example"]!;
            address = address.Replace($"{{{parameter["name"]}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
        }

        return "/api" + address;
    }
}
