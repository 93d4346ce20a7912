using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Pressroom.Access;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Description;

/// <summary>A call by one of its methods.</summary>
internal sealed partial class Operation(Call call, string verb, Schemas schemas, bool hasIssuer)
{
    public JsonObject Describe()
    {
        var operation = new JsonObject
        {
            ["operationId"] = char.ToLowerInvariant(call.Name[0]) + call.Name[1..],
            ["tags"] = new JsonArray(call.Topic.ToString()),
            ["summary"] = call.Description.Summary,
        };
        var description = string.Join("\n\n", new[] { call.Description.Notes, WhoMay(), HowLarge() }.OfType<string>());
        if (description.Length > 0)
        {
            operation["description"] = description;
        }

        operation["security"] = new JsonArray([.. Security()]);
        if (Parameters() is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (Body() is { } body)
        {
            operation["requestBody"] = body;
        }

        operation["responses"] = Responses();
        return operation;
    }

    // Of a person the issuer names the roles in a claim; its scopes are not asked for.
    private IEnumerable<JsonNode> Security()
    {
        if (call.Description.Role is not { } role)
        {
            yield break;
        }

        yield return new JsonObject { [ApiDescription.TokenScheme] = new JsonArray(role.Word()) };
        if (hasIssuer)
        {
            yield return new JsonObject { [ApiDescription.PersonScheme] = new JsonArray() };
        }
    }

    private string? WhoMay() => call.Description.Role is { } role ? $"Needs the role `{role.Word()}`." : null;

    private string? HowLarge()
    {
        if (TakesNothing)
        {
            return HowLarge(Gate.MostBareBytes, [MediaTypes.Json]);
        }

        var limits = call.Bodies.GroupBy(body => body.MostBytes).Where(bodies => bodies.Key is not null)
            .Select(bodies => HowLarge(bodies.Key!.Value, bodies.SelectMany(body => body.ContentTypes))).ToList();
        return limits.Count > 0 ? string.Join(' ', limits) : null;
    }

    private static string HowLarge(long mostBytes, IEnumerable<string> types) => string.Create(
        CultureInfo.InvariantCulture, $"The body has at most {mostBytes:N0} bytes as {string.Join(" or ", types)}.");

    private JsonArray Parameters()
    {
        var all = new JsonArray();
        var segments = call.Route.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            if (Variable().Match(segments[i]) is { Success: true } variable)
            {
                var name = variable.Groups["name"].Value;
                var (meaning, example) = PathParameters.Of(segments[i - 1], name);
                all.Add(Parameter("path", name, meaning, Text(), example, isRequired: true));
            }
        }

        if (call.IsPaged)
        {
            var limit = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = Paging.Most, ["default"] = Paging.Usual };
            all.Add(Parameter("query", "limit", "The most items of the page.", limit, Paging.Usual));
            all.Add(Parameter("query", "cursor", "The cursor of the page before.", Text(), Samples.Cursor));
        }

        foreach (var query in call.Query)
        {
            var schema = Text();
            if (query.Words is { } words)
            {
                schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
            }

            all.Add(Parameter("query", query.Name, query.Meaning, schema, query.Example, query.IsRequired));
        }

        if (call.IsOnce)
        {
            all.Add(Parameter(
                "header", "Idempotency-Key", "A key of your own for this request: repeating it with the same body is answered the same, and done once.",
                new JsonObject { ["type"] = "string", ["maxLength"] = Gate.MostKeyLength }, "6f1b7c1e-7a52-4a7e-9d0c-1f9a0c5f2b11"));
        }

        if (call.IfMatch is { } ifMatch)
        {
            all.Add(Parameter("header", "If-Match", "The `ETag` of the version to change, or `*`.", Text(), "\"3\"", ifMatch.IsRequired));
        }

        if (IsCached)
        {
            all.Add(Parameter("header", "If-None-Match", "The `ETag` of the version that you have.", Text(), "\"3\""));
        }

        foreach (var header in call.Headers)
        {
            all.Add(Parameter("header", header.Name, header.Meaning, Text(), header.Example));
        }

        return all;
    }

    // But an empty JSON object, with the key that it has.
    private bool TakesNothing => call.IsOnce && call.Bodies.Count == 0;

    private bool IsCached => HttpMethods.IsGet(verb) && call.Answers.Any(answer => answer.HasETag);

    private JsonObject? Body()
    {
        if (TakesNothing)
        {
            return new JsonObject
            {
                ["required"] = false,
                ["content"] = new JsonObject
                {
                    [MediaTypes.Json] = MediaType(new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["maxProperties"] = 0 }, new JsonObject()),
                },
            };
        }

        if (call.Bodies.Count == 0)
        {
            return null;
        }

        var content = new JsonObject();
        foreach (var body in call.Bodies)
        {
            foreach (var type in body.ContentTypes)
            {
                content[type] = body.Shape is null
                    ? MediaType(Schemas.OfBytes(type), null)
                    : MediaType(schemas.OfTaken(body), body.Example is { } example ? Schemas.Write(example, isTaken: true) : null);
                if (type == MediaTypes.Multipart && Schemas.EncodingOf(body.Shape!) is { Count: > 0 } encoding)
                {
                    content[type]!["encoding"] = encoding;
                }
            }
        }

        return new JsonObject { ["required"] = !call.Bodies.Any(body => body.IsOptional), ["content"] = content };
    }

    private JsonObject Responses()
    {
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var answers in call.Answers.GroupBy(answer => answer.Status))
        {
            responses.Add(answers.Key, Response([.. answers]));
        }

        if (IsCached)
        {
            responses.Add(StatusCodes.Status304NotModified, new JsonObject
            {
                ["description"] = "It is still the version that you have.",
                ["headers"] = Headers.References([Headers.ETag]),
            });
        }

        foreach (var refusals in ProblemsOf().Distinct().Select(ProblemType.Of).GroupBy(type => type.Status))
        {
            var refusal = Refusals.Response([.. refusals]);
            if (!responses.TryAdd(refusals.Key, refusal))
            {
                // A form is refused by a page, and the rest by a problem.
                var both = responses[refusals.Key];
                both["description"] = $"{both["description"]} Or: {refusal["description"]}";
                both["content"]!.AsObject()[Problems.ContentType] = refusal["content"]![Problems.ContentType]!.DeepClone();
                if (!both.ContainsKey("headers") && refusal["headers"] is { } headers)
                {
                    both["headers"] = headers.DeepClone();
                }
            }
        }

        return new JsonObject(responses.Select(response =>
            KeyValuePair.Create(response.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)response.Value)));
    }

    private JsonObject Response(IReadOnlyList<AnswersAttribute> answers)
    {
        var response = new JsonObject { ["description"] = string.Join(" Or: ", answers.Select(answer => answer.Meaning)) };
        string[] headers =
        [
            .. answers.Any(answer => answer.HasETag) ? [Headers.ETag] : Array.Empty<string>(),
            .. answers.Any(answer => answer.HasLocation) ? [Headers.Location] : Array.Empty<string>(),
            .. answers.Any(answer => answer.HasRetryAfter) ? [Headers.RetryAfter] : Array.Empty<string>(),
        ];
        if (headers.Length > 0)
        {
            response["headers"] = Headers.References(headers);
        }

        var content = new JsonObject();
        foreach (var answer in answers.Where(answer => answer.ContentType is not null))
        {
            content[answer.ContentType!] = MediaType(
                answer.Shape is { } shape ? schemas.OfAnswer(shape) : answer.IsBytes ? Schemas.OfBytes(answer.ContentType!) : Text(),
                answer.Example is { } example ? Schemas.Write(example, isTaken: false) : null);
        }

        if (content.Count > 0)
        {
            response["content"] = content;
        }

        return response;
    }

    // What follows from what is declared; see Gate, JsonBody and Paging.
    private IEnumerable<string> ProblemsOf()
    {
        if (call.Description.Role is not null)
        {
            yield return "unauthorized";
            yield return "forbidden";
            if (hasIssuer)
            {
                yield return "unavailable";
            }
        }

        if (!call.IsUnlimited)
        {
            yield return "too-many-requests";
        }

        if (call.IsPaged || call.IsOnce || call.Bodies.Count > 0)
        {
            yield return "invalid-request";
        }

        if (TakesNothing || call.Bodies.Any(body => body.ContentTypes.Contains(MediaTypes.Json)))
        {
            yield return "invalid-json";
        }

        if (TakesNothing || call.Bodies.Any(body => body.MostBytes is not null))
        {
            yield return "too-large";
        }

        if (TakesNothing || call.Bodies.Count > 0)
        {
            yield return "unsupported-media-type";
        }

        if (call.IsOnce)
        {
            yield return "idempotency-key-reused";
        }

        if (call.IfMatch is not null)
        {
            yield return "precondition-failed";
        }

        if (call.IfMatch is { IsRequired: true })
        {
            yield return "precondition-required";
        }

        foreach (var problem in call.Problems)
        {
            yield return problem;
        }
    }

    private static JsonObject MediaType(JsonNode schema, JsonNode? example)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (example is not null)
        {
            content["example"] = example;
        }

        return content;
    }

    private static JsonObject Parameter(string place, string name, string meaning, JsonObject schema, JsonNode example, bool isRequired = false) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["description"] = meaning,
        ["required"] = isRequired,
        ["schema"] = schema,
        ["example"] = example,
    };

    private static JsonObject Text() => new() { ["type"] = "string" };

    [GeneratedRegex(@"^\{(?<name>\w+)\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
