using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit.Utils;
using SendGrid;
using SendGrid.Helpers.Mail;

namespace Pressroom.Newsletters.Mail;

/// <summary>Sends through SendGrid's Web API v3: one call for a batch, each recipient a personalization of its own.</summary>
/// <remarks>SendGrid knows no idempotency: what a call without an answer did is learnt from the events, which carry the batch's and the
/// recipient's id (<c>batch</c>, <c>recipient</c>). Opens and clicks are counted in list mail only, and never on links that are a
/// recipient's own: a counted link goes through SendGrid's redirector. Limits are those of the Mail Send reference.</remarks>
internal sealed partial class SendGridTransport : IMailTransport
{
    /// <summary>The most bytes of a call's JSON: SendGrid takes 30 MB.</summary>
    public const int MostRequestBytes = 30_000_000;

    /// <summary>The most bytes of subject and parts.</summary>
    public const int MostContentBytes = 20_000_000;

    /// <summary>The most bytes of one recipient's substitutions.</summary>
    public const int MostSubstitutionBytes = 10_000;

    // SendGrid may name one bad address an answer. With more of them the list is not what it should be.
    private const int MostCalls = 50;

    private static readonly IReadOnlySet<int> NoOne = new HashSet<int>();

    private readonly SendGridSettings settings;
    private readonly EmailAddress from;
    private readonly TimeProvider time;
    private readonly SendGridClient client;

    public SendGridTransport(SendGridSettings settings, EmailAddress from, HttpClient http, TimeProvider time)
    {
        (this.settings, this.from, this.time) = (settings, from, time);
        client = new SendGridClient(http, new SendGridClientOptions { ApiKey = settings.ApiKey, Host = settings.BaseUrl.AbsoluteUri });
    }

    public int MostRecipients => 1000;

    public bool RepeatsSafely => false;

    public async Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Recipients.Count, MostRecipients);
        var rejected = new List<string>();
        var recipients = batch.Recipients;
        for (var calls = 0; recipients.Count > 0; calls++)
        {
            if (calls == MostCalls)
            {
                return new MailOutcome.Refused("SendGrid refuses one address after the other.");
            }

            var (outcome, bad) = await CallAsync(batch, recipients, cancellation);
            if (outcome is not null)
            {
                return outcome is MailOutcome.Accepted accepted ? accepted with { Rejected = rejected } : outcome;
            }

            // A call that is refused reaches nobody, so that the others are sent to without those that it was refused for.
            rejected.AddRange(bad.Select(index => recipients[index].Id));
            recipients = recipients.Where((_, index) => !bad.Contains(index)).ToList();
        }

        return new MailOutcome.Accepted(null, rejected);
    }

    // Either an outcome, or the recipients whose addresses the call was refused for.
    private async Task<(MailOutcome? Outcome, IReadOnlySet<int> Bad)> CallAsync(
        MailBatch batch, IReadOnlyList<MailRecipient> recipients, CancellationToken cancellation)
    {
        var message = Compose(batch, recipients);
        if (TooLarge(batch.Content, message) is { } complaint)
        {
            return (new MailOutcome.Refused(complaint), NoOne);
        }

        var json = message.Serialize(useDefaultSerialization: false);
        if (Encoding.UTF8.GetByteCount(json) > MostRequestBytes)
        {
            return (new MailOutcome.Refused("The mail is too large for SendGrid (30 MB a call)."), NoOne);
        }

        Response response;
        try
        {
            response = await client.RequestAsync(BaseClient.Method.POST, json, urlPath: "mail/send", cancellationToken: cancellation);
        }
        catch (HttpRequestException failure) when (NeverArrived(failure))
        {
            return (new MailOutcome.TryLater(null, "SendGrid could not be reached."), NoOne);
        }
        catch (HttpRequestException)
        {
            return (new MailOutcome.Unknown("The connection to SendGrid broke before an answer came."), NoOne);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (new MailOutcome.Unknown("SendGrid gave no answer in time."), NoOne);
        }

        var errors = response.StatusCode == HttpStatusCode.Accepted ? [] : ReadErrors(await response.Body.ReadAsByteArrayAsync(cancellation));
        if (response.StatusCode == HttpStatusCode.BadRequest && BadAddresses(errors, recipients.Count) is { Count: > 0 } bad)
        {
            return (null, bad);
        }

        return (Outcome(response, errors), NoOne);
    }

    private static bool NeverArrived(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private SendGridMessage Compose(MailBatch batch, IReadOnlyList<MailRecipient> recipients)
    {
        var content = batch.Content;
        var names = recipients.SelectMany(recipient => recipient.Values.Keys).Distinct(StringComparer.Ordinal).ToList();

        // Substitutions are the same for both parts. A value that HTML writes differently gets a placeholder of its own there.
        var html = names.Where(name => Placeholders.IsIn(content.Html, name)).ToDictionary(
            name => name,
            name => recipients.Any(recipient => recipient.Values.TryGetValue(name, out var value) && Placeholders.ForHtml(value) != value)
                ? $"-html:{name.Trim('-')}-"
                : name,
            StringComparer.Ordinal);
        var plain = names.Where(name => Placeholders.IsIn(content.Subject, name) || Placeholders.IsIn(content.Text, name))
            .ToHashSet(StringComparer.Ordinal);
        var headers = MailHeaders.Of(content).Append(new("Content-Language", content.Language.Tag)).ToList();
        var own = headers.Where(header => names.Any(name => Placeholders.IsIn(header.Value, name))).ToList();
        var isCounted = MailHeaders.IsListMail(content);
        return new SendGridMessage
        {
            From = new SendGrid.Helpers.Mail.EmailAddress(from.Value, MailHeaders.OneLine(content.FromName)),
            Subject = MailHeaders.OneLine(content.Subject),
            Contents =
            [
                new Content(MimeType.Text, content.Text),
                new Content(MimeType.Html, Placeholders.Fill(isCounted ? WithOwnLinksUncounted(content.Html, names) : content.Html, html)),
            ],
            Headers = headers.Except(own).ToDictionary(header => header.Key, header => Encoded(header.Value)),
            Categories = [batch.Kind],
            TrackingSettings = new TrackingSettings
            {
                ClickTracking = new ClickTracking { Enable = isCounted, EnableText = false },
                OpenTracking = new OpenTracking { Enable = isCounted },
                SubscriptionTracking = new SubscriptionTracking { Enable = false },
                Ganalytics = new Ganalytics { Enable = false },
            },
            Personalizations = recipients.Select(recipient => new Personalization
            {
                Tos = [new SendGrid.Helpers.Mail.EmailAddress(recipient.Address.Value)],
                Headers = own.Count == 0
                    ? null
                    : own.ToDictionary(
                        header => header.Key, header => Encoded(MailHeaders.OneLine(Placeholders.Fill(header.Value, recipient.Values)))),
                Substitutions = Substitutions(recipient, plain, html),
                CustomArgs = new Dictionary<string, string> { ["batch"] = batch.Id, ["recipient"] = recipient.Id },
            }).ToList(),
        };
    }

    private static Dictionary<string, string>? Substitutions(MailRecipient recipient, HashSet<string> plain, Dictionary<string, string> html)
    {
        var substitutions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in recipient.Values)
        {
            if (plain.Contains(name))
            {
                substitutions[name] = MailHeaders.OneLine(value);
            }

            if (html.TryGetValue(name, out var inHtml))
            {
                substitutions[inHtml] = inHtml == name ? MailHeaders.OneLine(value) : Placeholders.ForHtml(value);
            }
        }

        return substitutions.Count == 0 ? null : substitutions;
    }

    // SendGrid leaves a link alone that says so, and takes the attribute out of the mail.
    private static string WithOwnLinksUncounted(string html, List<string> names) => LinkStart().Replace(
        html, link => names.Any(name => Placeholders.IsIn(link.Value, name)) ? link.Value.Insert("<a".Length, " clicktracking=\"off\"") : link.Value);

    [GeneratedRegex(@"<a\s[^>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LinkStart();

    // A header's value must come encoded (RFC 2047); SendGrid folds it.
    private static string Encoded(string value) => value.All(char.IsAscii)
        ? value
        : FoldedBreak().Replace(Encoding.ASCII.GetString(Rfc2047.EncodeText(Encoding.UTF8, value)), " ").Trim();

    [GeneratedRegex(@"\s*[\r\n]+\s*", RegexOptions.CultureInvariant)]
    private static partial Regex FoldedBreak();

    private static string? TooLarge(MailContent content, SendGridMessage message)
    {
        if (new[] { content.Subject, content.Text, content.Html }.Sum(text => (long)Encoding.UTF8.GetByteCount(text)) > MostContentBytes)
        {
            return "The mail's text is too large for SendGrid (20 MB).";
        }

        return message.Personalizations.Any(one => BytesOf(one.Substitutions) > MostSubstitutionBytes)
            ? "A recipient's own links are too long for SendGrid (10,000 bytes)."
            : null;
    }

    private static int BytesOf(Dictionary<string, string>? substitutions) =>
        substitutions?.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)) ?? 0;

    private MailOutcome Outcome(Response response, IReadOnlyList<Error> errors)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            202 => new MailOutcome.Accepted(response.Headers.TryGetValues("X-Message-Id", out var ids) ? ids.First() : null, []),
            401 => new MailOutcome.Refused("SendGrid does not accept the API key." + Told(errors)),
            403 => new MailOutcome.Refused("SendGrid does not let this key send mail, or this sender." + Told(errors)),
            413 => new MailOutcome.Refused("The mail is too large for SendGrid." + Told(errors)),
            408 => new MailOutcome.TryLater(After(response.Headers), "SendGrid did not get the whole call in time."),
            429 => new MailOutcome.TryLater(After(response.Headers), "SendGrid wants fewer calls."),

            // A gateway that got no answer from behind it does not know what was done there.
            504 => new MailOutcome.Unknown("SendGrid's gateway gave up waiting (504)."),
            >= 500 => new MailOutcome.TryLater(After(response.Headers), $"SendGrid has a fault ({status})."),
            >= 300 => new MailOutcome.Refused($"SendGrid refused the mail ({status})." + Told(errors)),
            _ => new MailOutcome.Unknown($"SendGrid answered {status}, where 202 would mean that it has the mail."),
        };
    }

    // Null where no time is named, or one that has passed: the caller's own pace is better than none.
    private TimeSpan? After(HttpResponseHeaders headers)
    {
        var now = time.GetUtcNow();
        if (headers.RetryAfter is { } retryAfter)
        {
            return retryAfter.Delta ?? Until(retryAfter.Date);
        }

        return headers.TryGetValues("X-RateLimit-Reset", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var reset) && reset < 253402300800
            ? Until(DateTimeOffset.FromUnixTimeSeconds(reset))
            : null;

        TimeSpan? Until(DateTimeOffset? then) => then > now ? then - now : null;
    }

    private string Told(IReadOnlyList<Error> errors) => errors.Count == 0
        ? ""
        : $" It says{(errors[0].Field is { } field ? $" of {MailReasons.WithoutAddresses(field)}" : "")}: "
            + MailReasons.WithoutAddresses(errors[0].Message.Replace(settings.ApiKey, "…", StringComparison.Ordinal));

    // Only where all that is wrong is addresses; and where all of several addresses are wrong at once, it is not the addresses.
    private static IReadOnlySet<int> BadAddresses(IReadOnlyList<Error> errors, int recipients)
    {
        var bad = new HashSet<int>();
        foreach (var error in errors)
        {
            if (error.Field is null || AddressField().Match(error.Field) is not { Success: true } match
                || error.Message.StartsWith("Invalid type", StringComparison.OrdinalIgnoreCase)
                || !int.TryParse(match.Groups["n"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n >= recipients)
            {
                return NoOne;
            }

            bad.Add(n);
        }

        return bad.Count == recipients && recipients > 1 ? NoOne : bad;
    }

    [GeneratedRegex(@"^personalizations\.(?<n>[0-9]+)\.to(\.0(\.email)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex AddressField();

    private static IReadOnlyList<Error> ReadErrors(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
                ? errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object)
                    .Select(error => new Error(Text(error, "message") ?? "", Text(error, "field"))).ToList()
                : [];
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Error(string Message, string? Field);
}
