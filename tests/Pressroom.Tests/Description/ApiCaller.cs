using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Access;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Description;

/// <summary>Calls the operations of a running host by their names; every answer is held against the description, and remembered.</summary>
internal sealed class ApiCaller(Newsroom newsroom, ApiDocument api, IReadOnlyDictionary<string, string> tokens)
{
    /// <summary>Whoever calls with a token of the OpenID Connect issuer.</summary>
    public const string Person = "person";

    private readonly HashSet<(string Operation, int Status, string? Problem)> seen = [];

    public ApiDocument Api => api;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With a token for each role that has none of the others', and a person's of the issuer: <see cref="Person"/>.</summary>
    public static async Task<ApiCaller> OfAsync(Newsroom newsroom, string person)
    {
        var tokens = new Dictionary<string, string> { [Person] = person };
        foreach (var role in Enum.GetValues<Role>())
        {
            var (_, token) = await newsroom.Service<Tokens>().MakeAsync($"The {role}", [role], Stop);
            tokens[role.ToString().ToLowerInvariant()] = token;
        }

        return new ApiCaller(newsroom, new ApiDocument(await newsroom.GetAsync("/api/openapi.json")), tokens);
    }

    /// <summary>The operations that have not been seen to succeed.</summary>
    public IEnumerable<string> Undriven => api.Operations.Keys.Except(seen.Where(call => call.Status < 400).Select(call => call.Operation));

    /// <summary>What is described and was not seen: <c>operation status</c>, or <c>operation problem</c>.</summary>
    public IEnumerable<string> Unseen => api.Operations.Values.SelectMany(operation =>
        operation.Statuses.Where(status => seen.All(call => (call.Operation, call.Status) != (operation.Id, status))).Select(status => $"{operation.Id} {status}")
            .Concat(operation.Problems.Where(problem => seen.All(call => (call.Operation, call.Problem) != (operation.Id, problem))).Select(problem => $"{operation.Id} {problem}")));

    /// <summary>Whether an operation has answered with the problem.</summary>
    public bool HasSeen(ApiOperation operation, string problem) => seen.Any(call => (call.Operation, call.Problem) == (operation.Id, problem));

    /// <summary>Calls an operation as whoever may; the answer must have the status. What it does not say that it heeds is sent along, and must not matter.</summary>
    public Task<JsonNode?> CallAsync(string operation, int status, Request? request = null)
    {
        request ??= new Request();
        var called = api.Operations[operation];
        return SendAsync(called, status, request with
        {
            Headers =
            [
                .. request.Headers,
                .. called.Takes("header", "If-Match") || request.Headers.Any(header => header.Name == "If-Match") ? [] : new[] { ("If-Match", "\"never\"") },
                .. called.Takes("header", "Idempotency-Key") ? [] : new[] { ("Idempotency-Key", new string('k', 256)) },
            ],
        });
    }

    /// <summary>Makes a call with each token, and one with none, whatever is answered.</summary>
    public async Task CallOnceEachAsync()
    {
        foreach (var token in tokens.Values.Append(null))
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, token is null ? "/api/subscribers/check-mail" : "/api/articles");
            message.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var answer = await newsroom.Reader.SendAsync(message, Stop);
        }
    }

    /// <summary>Calls an operation with exactly what is given; null where the answer is no JSON.</summary>
    public async Task<JsonNode?> SendAsync(ApiOperation operation, int status, Request request)
    {
        using var message = new HttpRequestMessage(operation.Method, operation.Address(request.Path) + request.Query);
        if ((request.As ?? operation.Role) is { Length: > 0 } role)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[role]);
        }

        if (request.Content is { } content)
        {
            message.Content = content;
        }
        else if (request.Body is { } body)
        {
            message.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(request.ContentType));
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await newsroom.Reader.SendAsync(message, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True((int)answer.StatusCode == status, $"{operation.Id}: {(int)answer.StatusCode} instead of {status}: {text[..Math.Min(text.Length, 800)]}");
        await api.CheckAsync(operation, answer);
        var json = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null;
        var problem = status >= 400 ? ((string?)json?["type"])?.Split(':')[^1] : null;
        seen.Add((operation.Id, status, problem));
        return json;
    }

    /// <summary>What is sent. The path's variable parts are by their examples unless they are given.</summary>
    internal sealed record Request(string[] Path, string? Body = null, string ContentType = "application/json", string Query = "")
    {
        public Request()
            : this([])
        {
        }

        public (string Name, string Value)[] Headers { get; init; } = [];

        /// <summary>What is sent instead of a text; it can be sent once.</summary>
        public HttpContent? Content { get; init; }

        /// <summary>The role to call with; null for the one that the operation needs, empty for none.</summary>
        public string? As { get; init; }
    }
}
