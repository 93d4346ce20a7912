using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pressroom.Access;

namespace Pressroom.Functions.Http;

/// <summary>Lets callers in: by their token and role, with a body of bounded size, and a POST once for each of its keys.</summary>
public sealed class Gate(Callers callers, ClientNetworks networks, Idempotency idempotency, TimeProvider time)
{
    internal const int MostKeyLength = 255;
    internal const int MostBareBytes = 4096;

    /// <summary>Answers anybody, as often as their network may call.</summary>
    public async Task<IResult> AdmitAnybodyAsync(HttpRequest request, Func<Task<Answer>> answer, CancellationToken cancellation) =>
        await callers.AdmitAnybodyAsync(networks.Of(request), cancellation) is { } wait ? Problems.TooMany(wait) : await answer();

    /// <summary>Answers a caller who has the role.</summary>
    public async Task<IResult> AdmitAsync(HttpRequest request, Role role, Func<Caller, Task<Answer>> answer, CancellationToken cancellation)
    {
        var (caller, refusal) = await RecogniseAsync(request, role, cancellation);
        return caller is null ? refusal! : await answer(caller);
    }

    /// <summary>Answers a caller who has the role with a file.</summary>
    internal async Task<IResult> AdmitAsync(HttpRequest request, Role role, Download file, CancellationToken cancellation)
    {
        var (caller, refusal) = await RecogniseAsync(request, role, cancellation);
        return caller is null ? refusal! : file;
    }

    /// <summary>Answers a caller who has the role with the page of a list that is asked for.</summary>
    internal Task<IResult> AdmitToPageAsync(HttpRequest request, Role role, Func<Paging, Task<Answer>> answer, CancellationToken cancellation) =>
        AdmitAsync(
            request,
            role,
            async _ =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors);
                return errors.Any ? Problems.Invalid(errors) : await answer(paging);
            },
            cancellation);

    /// <summary>Answers a caller who has the role, and has sent a JSON object of at most <paramref name="mostBytes"/>.</summary>
    public async Task<IResult> AdmitWithBodyAsync(
        HttpRequest request, Role role, int mostBytes, Func<Caller, Fields, Task<Answer>> answer, CancellationToken cancellation)
    {
        var (caller, refusal) = await RecogniseAsync(request, role, cancellation);
        if (caller is null)
        {
            return refusal!;
        }

        var (body, tooLarge) = await JsonBody.ReadAsync(request, mostBytes, cancellation);
        return body is null ? tooLarge! : await AnswerAsync(body.Value, fields => answer(caller, fields));
    }

    /// <summary>Answers a POST that makes something: once for each <c>Idempotency-Key</c>, where the caller sends one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role that it needs.</param>
    /// <param name="mostBytes">The most bytes of its body.</param>
    /// <param name="answer">Does the work; what it makes takes its identity from the given seed, and may exist already.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<IResult> AdmitOnceAsync(
        HttpRequest request, Role role, int mostBytes, Func<Caller, Fields, Guid, Task<Answer>> answer, CancellationToken cancellation)
    {
        var (caller, refusal) = await RecogniseAsync(request, role, cancellation);
        if (caller is null)
        {
            return refusal!;
        }

        var (body, tooLarge) = await JsonBody.ReadAsync(request, mostBytes, cancellation);
        return body is null
            ? tooLarge!
            : await AnswerOnceAsync(
                request, caller, () => body.Value, seed => AnswerAsync(body.Value, fields => answer(caller, fields, seed)), cancellation);
    }

    /// <summary>Answers a POST with a body of any kind, once for each <c>Idempotency-Key</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role that it needs.</param>
    /// <param name="read">Reads the body, or gives the refusal.</param>
    /// <param name="identify">What makes a body the same as another: of a form not its boundaries.</param>
    /// <param name="answer">Does the work; what it makes may exist already.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<IResult> AdmitOnceAsync<TBody>(
        HttpRequest request, Role role, Func<Task<(TBody? Body, Answer? Refusal)>> read, Func<TBody, ReadOnlyMemory<byte>> identify,
        Func<TBody, Task<Answer>> answer, CancellationToken cancellation)
        where TBody : class
    {
        var (caller, refusal) = await RecogniseAsync(request, role, cancellation);
        if (caller is null)
        {
            return refusal!;
        }

        var (body, unfit) = await read();
        return body is null ? unfit! : await AnswerOnceAsync(request, caller, () => identify(body), _ => answer(body), cancellation);
    }

    private async Task<Answer> AnswerOnceAsync(
        HttpRequest request, Caller caller, Func<ReadOnlyMemory<byte>> identity, Func<Guid, Task<Answer>> answer, CancellationToken cancellation)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0)
        {
            return await answer(Guid.CreateVersion7(time.GetUtcNow()));
        }

        if (key.Length > MostKeyLength)
        {
            return Problems.Invalid("Idempotency-Key", "It has more than 255 characters.");
        }

        var fingerprint = Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n").Concat(identity().ToArray()).ToArray();
        switch (await idempotency.BeginAsync(caller, key, fingerprint, cancellation))
        {
            case IdempotentWork.Done done:
                return Answer.Of(done.Answer);
            case IdempotentWork.ToDo { Ticket: var ticket }:
                var answered = await answer(ticket.Seed);
                if (answered.Keep() is { } kept)
                {
                    await idempotency.FinishAsync(ticket, kept, CancellationToken.None);
                }

                return answered;
            default:
                return Problems.KeyReused();
        }
    }

    /// <summary>Answers a POST that says all by its address, once for each <c>Idempotency-Key</c>: no field is known.</summary>
    public Task<IResult> AdmitOnceAsync(HttpRequest request, Role role, Func<Caller, Task<Answer>> answer, CancellationToken cancellation) => AdmitOnceAsync(
        request,
        role,
        MostBareBytes,
        async (caller, fields, _) =>
        {
            fields.RejectUnknown();
            return fields.Errors.Any ? Problems.Invalid(fields.Errors) : await answer(caller);
        },
        cancellation);

    private static async Task<Answer> AnswerAsync(ReadOnlyMemory<byte> body, Func<Fields, Task<Answer>> answer) =>
        Fields.Parse(body, out var complaint) is { } fields ? await answer(fields) : Problems.InvalidJson(complaint);

    private async Task<(Caller? Caller, Answer? Refusal)> RecogniseAsync(HttpRequest request, Role role, CancellationToken cancellation)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problems.Unauthorized(withToken: false));
        }

        try
        {
            return await callers.RecogniseAsync(header[scheme.Length..].Trim(), networks.Of(request), cancellation) switch
            {
                Recognition.Known { Caller: var caller } => caller.Is(role) ? (caller, null) : (null, Problems.Forbidden(role.Word())),
                Recognition.TooMany { Wait: var wait } => (null, Problems.TooMany(wait)),
                _ => (null, Problems.Unauthorized(withToken: true)),
            };
        }
        catch (IssuerUnreachableException)
        {
            return (null, Problems.Unavailable("OpenID Connect issuer"));
        }
    }
}

/// <summary>Reads a JSON body of bounded size.</summary>
internal static class JsonBody
{
    /// <summary>The bytes, or the refusal: of another content type, or too large.</summary>
    public static async Task<(ReadOnlyMemory<byte>? Body, Answer? Refusal)> ReadAsync(HttpRequest request, int mostBytes, CancellationToken cancellation) =>
        request.ContentType is not null && !IsJson(request.ContentType)
            ? (null, Problems.UnsupportedMediaType("application/json"))
            : await ReadBytesAsync(request, mostBytes, cancellation);

    /// <summary>The bytes of a body of any type, or the refusal of one that is too large.</summary>
    public static async Task<(ReadOnlyMemory<byte>? Body, Answer? Refusal)> ReadBytesAsync(HttpRequest request, int mostBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > mostBytes)
        {
            return (null, TooLarge(mostBytes));
        }

        var buffer = new byte[(int)Math.Min(request.ContentLength ?? 4096, mostBytes) + 1];
        var length = 0;
        try
        {
            while (await request.Body.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
            {
                length += read;
                if (length > mostBytes)
                {
                    return (null, TooLarge(mostBytes));
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 2, mostBytes + 1));
                }
            }
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge(mostBytes));
        }

        return (buffer.AsMemory(0, length), null);
    }

    private static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase));

    private static Answer TooLarge(int mostBytes) =>
        Problems.TooLarge("body", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The request has more than {mostBytes:N0} bytes."));
}

/// <summary>What a request says of the version it wants to change: <c>If-Match</c> (RFC 9110, section 13.1.1).</summary>
internal sealed class Precondition
{
    private readonly IReadOnlyList<string> tags;

    private Precondition(IReadOnlyList<string> tags) => this.tags = tags;

    public bool IsGiven => tags.Count > 0;

    public static Precondition Of(HttpRequest request) => new(request.Headers.IfMatch
        .SelectMany(value => (value ?? "").Split(','))
        .Select(tag => tag.Trim())
        .Where(tag => tag.Length > 0)
        .ToList());

    public bool Accepts(string etag) => tags.Count == 0 || tags.Any(tag => tag == "*" || tag == etag);
}
