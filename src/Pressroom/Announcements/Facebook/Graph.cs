using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Facebook;

/// <summary>Meta's Graph API, which Facebook, Instagram and Threads share: the same errors under three hosts.</summary>
/// <param name="outbound">Makes the calls.</param>
/// <param name="network">The network's name in reasons.</param>
/// <param name="root">Host and version, without a slash at the end.</param>
/// <param name="token">Goes into a header, so that no logged address has it.</param>
internal sealed class Graph(Outbound outbound, string network, string root, string token)
{
    // Graph API, "Handling errors": 1 and 2 are trouble of theirs, 4, 17, 32, 341 and 613 limits that pass. Instagram adds -1 and -2.
    private static readonly HashSet<int> Passing = [-2, -1, 1, 2, 4, 17, 32, 341, 613];

    public Task<GraphAnswer> GetAsync(string path, CancellationToken cancellation) => CallAsync(HttpMethod.Get, path, null, cancellation);

    public Task<GraphAnswer> PostAsync(string path, IReadOnlyDictionary<string, string> form, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form), cancellation);

    public Task<GraphAnswer> DeleteAsync(string path, CancellationToken cancellation) => CallAsync(HttpMethod.Delete, path, null, cancellation);

    /// <summary>Asks something about a post that is surely out. Nothing that happens meanwhile, a stop of the host included, may lose
    /// that: it only stays unanswered.</summary>
    public async Task<GraphAnswer> AskAboutSentAsync(string path, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            return await GetAsync(path, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return new GraphAnswer.Lost($"{network} did not answer in time.");
        }
    }

    private async Task<GraphAnswer> CallAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, $"{root}/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await outbound.CallAsync(request, cancellation) switch
        {
            CallOutcome.Answered answered => Read(answered),
            CallOutcome.NotSent notSent => new GraphAnswer.Later(null, notSent.Reason),
            CallOutcome.Lost lost => new GraphAnswer.Lost(lost.Reason),
            _ => throw new InvalidOperationException("A call ended in a way of its own."),
        };
    }

    private GraphAnswer Read(CallOutcome.Answered answered)
    {
        var body = Wire.ObjectOrNull(answered.Body);
        if (body is { } whole && whole.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            return ReadError(answered, error);
        }

        return answered switch
        {
            { IsSuccess: true } => new GraphAnswer.Done(body),
            // A gateway that got no answer knows as little as we do.
            { Status: HttpStatusCode.GatewayTimeout } => new GraphAnswer.Lost($"{network} did not answer its own gateway in time."),
            { IsTransient: true } => new GraphAnswer.Later(answered.RetryAfter, $"{network} cannot take it now (status {(int)answered.Status})."),
            _ => new GraphAnswer.Refused(0, 0, $"{network} refused it (status {(int)answered.Status})."),
        };
    }

    private GraphAnswer ReadError(CallOutcome.Answered answered, JsonElement error)
    {
        var code = Number(error, "code");
        var subcode = Number(error, "error_subcode");
        var reason = $"{network} {Meaning(code, subcode) ?? "answered: " + Clean(error.Text("error_user_msg") ?? error.Text("message") ?? "an error without words")} (code {code}{(subcode == 0 ? "" : $", {subcode}")}).";
        if (subcode == 2207042)
        {
            return new GraphAnswer.Later(TimeSpan.FromHours(1), reason);
        }

        var saysTransient = error.TryGetProperty("is_transient", out var transient) && transient.ValueKind == JsonValueKind.True;
        if (saysTransient || Passing.Contains(code) || (!IsFinal(code) && answered.IsTransient))
        {
            return new GraphAnswer.Later(answered.RetryAfter ?? RegainsAccessIn(answered.Headers), reason);
        }

        return new GraphAnswer.Refused(code, subcode, reason);
    }

    private static bool IsFinal(int code) => code is 10 or 100 or 102 or 190 or (>= 200 and <= 299) or 368 or 506;

    private static string? Meaning(int code, int subcode) => (code, subcode) switch
    {
        (_, 2207042) => "takes no more posts of this account today",
        (102 or 190, _) => "needs a new token",
        (10 or (>= 200 and <= 299), _) => "does not permit it: the token lacks a permission",
        (4 or 17 or 32 or 613, _) => "wants fewer calls",
        (341, _) => "has reached a limit of the application",
        (368, _) => "has blocked the account for now",
        (506, _) => "has the same post already",
        _ => null,
    };

    // X-Business-Use-Case-Usage: {"<business>":[{"type":…,"estimated_time_to_regain_access":<minutes>}]}
    private static TimeSpan? RegainsAccessIn(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-Business-Use-Case-Usage", out var values) || Wire.ObjectOrNull(values.First()) is not { } usage)
        {
            return null;
        }

        var minutes = usage.EnumerateObject()
            .Where(business => business.Value.ValueKind == JsonValueKind.Array)
            .SelectMany(business => business.Value.EnumerateArray())
            .Where(limit => limit.ValueKind == JsonValueKind.Object)
            .Select(limit => Number(limit, "estimated_time_to_regain_access"))
            .DefaultIfEmpty()
            .Max();
        return minutes > 0 ? TimeSpan.FromMinutes(minutes) : null;
    }

    private static int Number(JsonElement element, string name) =>
        int.TryParse(element.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Their words without addresses and tokens: a malformed token is quoted in the complaint about it.</summary>
    public string Clean(string message) =>
        CallEnding.Quoted(message.Replace(token, "…", StringComparison.Ordinal));
}

/// <summary>What the Graph API said.</summary>
internal abstract record GraphAnswer
{
    /// <summary>It was done. <paramref name="Body"/> is null where the answer was cut.</summary>
    public sealed record Done(JsonElement? Body) : GraphAnswer
    {
        public string? Text(string name) => Body?.Text(name);

        /// <summary>The objects of a list's page.</summary>
        public IEnumerable<JsonElement> Items => Body is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ? data.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

        /// <summary>The answer is about a change that was not made.</summary>
        public bool SaysNo => Body is { } body && body.TryGetProperty("success", out var success) && success.ValueKind == JsonValueKind.False;
    }

    /// <summary>It was not done, and will not be.</summary>
    public sealed record Refused(int Code, int Subcode, string Reason) : GraphAnswer
    {
        /// <summary>The object is not there, or no longer: 100/33, and Instagram's 24 for a container.</summary>
        public bool IsGone => this is { Code: 100, Subcode: 33 } or { Code: 24 };

        /// <summary>It is the account or the token that is refused, whatever is sent.</summary>
        public bool IsAboutAccount => Code is 10 or 102 or 190 or (>= 200 and <= 299) or 368;
    }

    /// <summary>It was not done now.</summary>
    public sealed record Later(TimeSpan? After, string Reason) : GraphAnswer;

    /// <summary>It may have been done.</summary>
    public sealed record Lost(string Reason) : GraphAnswer;

    /// <summary>The answer to an edit, which can be repeated.</summary>
    public ChangeOutcome AsEdit() => this switch
    {
        Done { SaysNo: true } => new ChangeOutcome.TryLater(null, "The network says that it was not done."),
        Done => new ChangeOutcome.Done(),
        Refused { IsGone: true } => new ChangeOutcome.NotSupported(),
        Refused refused => new ChangeOutcome.Refused(refused.Reason),
        Later later => new ChangeOutcome.TryLater(later.After, later.Reason),
        Lost lost => new ChangeOutcome.TryLater(null, lost.Reason),
        _ => throw new InvalidOperationException("The Graph API answered in a way of its own."),
    };

    /// <summary>The answer to a deletion: what is gone is deleted.</summary>
    public ChangeOutcome AsDeletion() => this is Refused { IsGone: true } ? new ChangeOutcome.Done() : AsEdit();
}
