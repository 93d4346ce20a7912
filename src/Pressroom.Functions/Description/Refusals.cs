using System.Text.Json.Nodes;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Description;

/// <summary>The problems as answers of the description: a schema and an example of each type, made by what really makes them.</summary>
internal static class Refusals
{
    private static readonly IReadOnlyList<Answer> Seen =
    [
        Problems.Invalid("title", "It must not be empty."),
        Problems.InvalidJson("It breaks in line 3, at byte 12 of that line."),
        Problems.Unauthorized(withToken: false),
        Problems.Forbidden("editor"),
        Problems.CommentsClosed(),
        Problems.NotFound("article"),
        Problems.Busy(),
        Problems.SlugTaken(),
        Problems.NotSettled("delivery"),
        Problems.Conflict("not-under-way", "The issue is over, paused or not begun: that cannot be done now."),
        Problems.Conflict("nothing-to-send", "The article is not live, or its channel is no longer in the settings."),
        Problems.Conflict("too-many-edits", "It was edited 50 times; no more texts can be kept."),
        Problems.PreconditionFailed(),
        Problems.TooLarge("body", "The request has more than 4,096 bytes."),
        Problems.UnsupportedMediaType("application/json"),
        Problems.NoPicture("It is none of JPEG, PNG, WebP, AVIF and GIF."),
        Problems.UnfitPicture("picture-too-large", "The picture is too large.", "It has 120,000,000 pixels; at most 50,000,000 are taken."),
        Problems.UnfitPicture("picture-damaged", "The picture cannot be read.", "It is damaged or cut short."),
        Problems.KeyReused(),
        Problems.PreconditionRequired(),
        Problems.TooMany(TimeSpan.FromMinutes(10)),
        Problems.Unavailable("storage"),
    ];

    /// <summary>Adds a schema for each type to those of the bodies.</summary>
    public static void AddTo(Schemas schemas)
    {
        var any = schemas.OfAnswer(typeof(Problem));
        foreach (var type in ProblemType.All)
        {
            schemas.Add(type.SchemaName, new JsonObject
            {
                ["description"] = type.Meaning,
                ["allOf"] = new JsonArray(
                    any.DeepClone(),
                    new JsonObject
                    {
                        ["properties"] = new JsonObject
                        {
                            ["type"] = new JsonObject { ["enum"] = new JsonArray(type.Urn) },
                            ["status"] = new JsonObject { ["enum"] = new JsonArray(type.Status) },
                        },
                    }),
            });
        }
    }

    /// <summary>The examples, by the types' names.</summary>
    public static JsonObject Examples() => new(Seen.Select(sample =>
    {
        var problem = JsonNode.Parse(sample.Body.Span)!;
        var name = ((string)problem["type"]!).Split(':')[^1];
        return KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["summary"] = ProblemType.Of(name).Meaning, ["value"] = problem });
    }));

    /// <summary>The answer with a status that is one of the types.</summary>
    public static JsonObject Response(IReadOnlyList<ProblemType> types)
    {
        var references = types.Select(type => (JsonNode)Schemas.ReferenceTo(type.SchemaName)).ToArray();
        var response = new JsonObject
        {
            ["description"] = string.Join(" Or: ", types.Select(type => type.Meaning)),
            ["content"] = new JsonObject
            {
                [Problems.ContentType] = new JsonObject
                {
                    ["schema"] = references is [var only] ? only : new JsonObject { ["oneOf"] = new JsonArray(references) },
                    ["examples"] = new JsonObject(types.Select(type =>
                        KeyValuePair.Create(type.Name, (JsonNode?)new JsonObject { ["$ref"] = "#/components/examples/" + type.Name }))),
                },
            },
        };
        var headers = types.SelectMany(type => HeadersOf(type.Name)).Distinct().ToList();
        if (headers.Count > 0)
        {
            response["headers"] = Headers.References(headers);
        }

        return response;
    }

    private static IEnumerable<string> HeadersOf(string name) => name switch
    {
        "unauthorized" => [Headers.Authenticate],
        "too-many-requests" => [Headers.RetryAfter],
        _ => [],
    };
}

/// <summary>The answers' headers.</summary>
internal static class Headers
{
    public const string ETag = "ETag";
    public const string Location = "Location";
    public const string RetryAfter = "Retry-After";
    public const string Authenticate = "WWW-Authenticate";

    private static readonly IReadOnlyList<(string Name, string Meaning, string Example)> All =
    [
        (ETag, "The version, for `If-Match` and `If-None-Match`.", "\"3\""),
        (Location, "Where what was made is found, or where to go.", "https://news.example/api/articles/0193574bf0c87a2e9d3f00000000000a"),
        (RetryAfter, "How many seconds to wait.", "600"),
        (Authenticate, "What the call needs (RFC 6750).", "Bearer realm=\"Pressroom\""),
    ];

    public static JsonObject Components() => new(All.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)new JsonObject
    {
        ["description"] = header.Meaning,
        ["required"] = true,
        ["schema"] = new JsonObject { ["type"] = "string" },
        ["example"] = header.Example,
    })));

    public static JsonObject References(IEnumerable<string> names) =>
        new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["$ref"] = "#/components/headers/" + name })));
}
