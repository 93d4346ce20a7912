using System.Globalization;
using Microsoft.Extensions.Configuration;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Media;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Issues;
using Pressroom.Telemetry;

namespace Pressroom;

/// <summary>Everything an operator sets, read once at start. A feature takes the part that it needs.</summary>
public sealed record Settings(
    StorageSettings Storage, AccessSettings Access, SiteSettings Site, MailSettings Mail, NewsletterSettings Newsletter, CommentSettings Comments,
    SpamSettings Spam, MediaSettings Media, TelemetrySettings Telemetry, IReadOnlyList<ChannelSettings> Channels, bool Welcome)
{
    /// <summary>Reads and checks all settings.</summary>
    /// <exception cref="SettingException">At least one is wrong; the message names every one by its key.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var reader = new SettingReader(configuration);
        var storage = new StorageSettings(
            reader.Text("AzureWebJobsStorage"),
            reader.Text("AzureWebJobsStorage:accountName"),
            reader.Text("AzureWebJobsStorage:blobServiceUri"),
            reader.Text("AzureWebJobsStorage:queueServiceUri"),
            reader.Text("AzureWebJobsStorage:tableServiceUri"),
            reader.Text("AzureWebJobsStorage:clientId"),
            Path.GetFullPath(reader.Text("Pressroom:DataFolder") ?? "data"));
        var access = AccessSettings.Read(reader, storage.IsEmbedded);
        var baseUrl = reader.Url("Site:BaseUrl") ?? new Uri("http://localhost:7071");
        var site = new SiteSettings(
            baseUrl,
            reader.Url("Site:ApiBaseUrl") ?? new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/api"),
            reader.Text("Site:Title") ?? "Pressroom",
            reader.Parsed("Site:Language", "en", "is no language tag (RFC 5646)", Articles.Language.TryParse, Articles.Language.Parse),
            reader.TimeZone("Site:TimeZone"));
        var mail = ReadMail(reader, site.Title);
        var newsletter = new NewsletterSettings(
            reader.Parsed("Newsletter:Digest", "none", "is none of none, daily, weekly", (string text, out DigestRhythm rhythm) => Enum.TryParse(text, true, out rhythm) && Enum.IsDefined(rhythm), text => Enum.Parse<DigestRhythm>(text, true)),
            reader.Number("Newsletter:Hour", otherwise: 7, most: 23));
        var comments = new CommentSettings(
            reader.Parsed("Comments:Moderation", "all", "is none of all, first, none", (string text, out ModerationPolicy policy) => Enum.TryParse(text, true, out policy) && Enum.IsDefined(policy), text => Enum.Parse<ModerationPolicy>(text, true)),
            reader.Number("Comments:CloseAfterDays", otherwise: 0, most: 36_500),
            reader.Number("Comments:LimitPerPrefix", otherwise: 20, most: 100_000_000),
            reader.Number("Comments:LimitPerArticle", otherwise: 1_000, most: 100_000_000));
        var spam = SpamSettings.Read(reader);
        var media = MediaSettings.Read(reader);
        var channels = configuration.GetSection("Channels").GetChildren()
            .Select(section => new ChannelSettings(
                reader.Required($"{section.Path}:Kind"),
                reader.Text($"{section.Path}:Name") ?? reader.Text($"{section.Path}:Kind") ?? "",
                reader.Url($"{section.Path}:BaseUrl"),
                reader.Url($"{section.Path}:ProfileUrl"),
                section.GetChildren().Where(own => !string.IsNullOrWhiteSpace(own.Value)).ToDictionary(own => own.Key, own => own.Value!, StringComparer.OrdinalIgnoreCase)))
            .ToList();
        site = site with
        {
            Hubs = channels.Where(channel => channel.Kind.Equals("websub", StringComparison.OrdinalIgnoreCase))
                .Select(channel => channel.Values.GetValueOrDefault("Url")).OfType<string>().ToList(),
        };
        if (channels.Count == 0 && storage.IsEmbedded)
        {
            // A newcomer sees the whole fan-out without an account anywhere.
            channels.Add(new ChannelSettings("outbox", "outbox", null, null, new Dictionary<string, string>()));
        }

        var welcome = reader.Flag("Pressroom:Welcome", otherwise: true);
        var telemetry = TelemetrySettings.Read(reader);
        reader.ThrowIfAnyIsWrong();
        return new Settings(storage, access, site, mail, newsletter, comments, spam, media, telemetry, channels, welcome);
    }

    private static MailSettings ReadMail(SettingReader reader, string siteTitle)
    {
        var sendGridKey = reader.Text("SendGrid:ApiKey");
        var smtpHost = reader.Text("Smtp:Host");
        var from = reader.Address("Mail:From");
        if (from is null && (sendGridKey ?? smtpHost) is not null)
        {
            reader.Reject("Mail:From", "is missing; no provider sends mail without it");
        }

        return new MailSettings(
            from ?? EmailAddress.Stored("pressroom@localhost.localdomain"),
            reader.Text("Mail:FromName") ?? siteTitle,
            reader.Addresses("Mail:Moderators"),
            reader.Text("Mail:PostalAddress"),
            sendGridKey is null
                ? null
                : new SendGridSettings(sendGridKey, reader.Url("SendGrid:BaseUrl") ?? new Uri("https://api.sendgrid.com")),
            reader.Text("SendGrid:EventWebhookPublicKey"),
            smtpHost is null
                ? null
                : new SmtpSettings(smtpHost, reader.Port("Smtp:Port", 587), reader.Text("Smtp:Username"), reader.Text("Smtp:Password")));
    }
}

/// <summary>Where the publication is kept.</summary>
public sealed record StorageSettings(
    string? ConnectionString, string? AccountName, string? BlobServiceUri, string? QueueServiceUri, string? TableServiceUri, string? ClientId, string DataFolder)
{
    /// <summary>Whether the embedded engine keeps it, in <see cref="DataFolder"/>.</summary>
    public bool IsEmbedded => ConnectionString is null && AccountName is null && BlobServiceUri is null;
}

/// <summary>The publication as its readers know it. Both addresses end without a slash in text, so <see cref="Absolute"/> joins them.</summary>
public sealed record SiteSettings(Uri BaseUrl, Uri ApiBaseUrl, string Title, Language Language, TimeZoneInfo TimeZone)
{
    /// <summary>The WebSub hubs that are told when the home page's Atom feed changes; the feed names them.</summary>
    public IReadOnlyList<string> Hubs { get; init; } = [];

    /// <summary>The public address of a path of the site, percent-encoded. The path has no leading slash: <c>2026/11/slug/</c>, or nothing for the home page.</summary>
    public string Absolute(string path) =>
        BaseUrl.AbsoluteUri.TrimEnd('/') + "/" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The public address of a call of the API. The path has no leading slash, and is an address already: <c>subscribers/confirm?token=…</c>.</summary>
    public string Api(string path) => ApiBaseUrl.AbsoluteUri.TrimEnd('/') + "/" + path;
}

/// <summary>How mail is sent: by SendGrid where that is set, else by SMTP where that is set, else into the outbox folder.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="FromName">The sender's name.</param>
/// <param name="Moderators">Who is mailed about comments.</param>
/// <param name="PostalAddress">The publisher's postal address, which the law of many countries wants in newsletters.</param>
/// <param name="SendGrid">SendGrid's access, where it is used.</param>
/// <param name="EventWebhookPublicKey">The key that SendGrid signs its events with: base64 of a P-256 SubjectPublicKeyInfo.</param>
/// <param name="Smtp">The SMTP server, where one is used.</param>
public sealed record MailSettings(
    EmailAddress From, string FromName, IReadOnlyList<EmailAddress> Moderators, string? PostalAddress,
    SendGridSettings? SendGrid, string? EventWebhookPublicKey, SmtpSettings? Smtp);

/// <summary>Access to SendGrid's Web API v3.</summary>
public sealed record SendGridSettings(string ApiKey, Uri BaseUrl);

/// <summary>An SMTP server; STARTTLS is used wherever it is offered, TLS from the start on port 465.</summary>
public sealed record SmtpSettings(string Host, int Port, string? Username, string? Password);

/// <summary>How readers may comment.</summary>
/// <param name="Policy">Which comments wait for a moderator.</param>
/// <param name="CloseAfterDays">For how many days after its publication an article can be commented on; 0 for ever.</param>
/// <param name="LimitPerPrefix">How many comments a network (/24 of IPv4, /64 of IPv6) may send in ten minutes; 0 for any number.</param>
/// <param name="LimitPerArticle">How many comments an article takes in ten minutes; 0 for any number.</param>
public sealed record CommentSettings(ModerationPolicy Policy, int CloseAfterDays, int LimitPerPrefix, int LimitPerArticle);

/// <summary>A social channel. Each kind reads its own keys from <paramref name="Values"/>, which has all of them.</summary>
public sealed record ChannelSettings(string Kind, string Name, Uri? BaseUrl, Uri? ProfileUrl, IReadOnlyDictionary<string, string> Values)
{
    private static readonly string[] OfAnyKind = ["Kind", "Name", "BaseUrl", "ProfileUrl"];

    /// <summary>The values of the kind's own keys, its secrets among them.</summary>
    public IEnumerable<string> Own => Values.Where(value => !OfAnyKind.Contains(value.Key, StringComparer.OrdinalIgnoreCase)).Select(value => value.Value);

    /// <summary>Whether it is a profile to link to and nothing more: there is nothing to log in with.</summary>
    public bool IsLinkOnly => ProfileUrl is not null && !Own.Any();
}

/// <summary>Settings that cannot work. The message has a line for each, beginning with its key.</summary>
public sealed class SettingException(string message) : Exception(message), IOperatorError;

internal sealed class SettingReader(IConfiguration configuration)
{
    private readonly List<string> wrong = [];

    public delegate bool TryParse<T>(string text, out T value);

    public string? Text(string key) => configuration[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public string Required(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            Reject(key, "is missing");
        }

        return text ?? "";
    }

    public string? Secret(string key, int atLeast, bool required)
    {
        var text = Text(key);
        if (text is null && required)
        {
            Reject(key, $"is missing (at least {atLeast} characters)");
        }
        else if (text is { } secret && secret.Length < atLeast)
        {
            Reject(key, $"has {secret.Length} characters; at least {atLeast} are needed");
        }

        return text;
    }

    public Uri? Url(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { Query: "", Fragment: "", UserInfo: "" })
        {
            return url;
        }

        Reject(key, "is no absolute http(s) address");
        return null;
    }

    public EmailAddress? Address(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        if (EmailAddress.TryParse(text, out var address))
        {
            return address;
        }

        Reject(key, "is no e-mail address");
        return null;
    }

    public IReadOnlyList<EmailAddress> Addresses(string key)
    {
        var addresses = new List<EmailAddress>();
        foreach (var text in (Text(key) ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (EmailAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                Reject(key, "has an entry that is no e-mail address");
            }
        }

        return addresses;
    }

    public int Port(string key, int otherwise)
    {
        var text = Text(key);
        if (text is null)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536)
        {
            return port;
        }

        Reject(key, "is no port number");
        return otherwise;
    }

    public int Number(string key, int otherwise, int most)
    {
        var text = Text(key);
        if (text is null)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most)
        {
            return number;
        }

        Reject(key, string.Create(CultureInfo.InvariantCulture, $"is no number from 0 to {most}"));
        return otherwise;
    }

    public bool Flag(string key, bool otherwise)
    {
        var text = Text(key);
        if (text is null || bool.TryParse(text, out otherwise))
        {
            return otherwise;
        }

        Reject(key, "is neither true nor false");
        return otherwise;
    }

    public T Parsed<T>(string key, string otherwise, string complaint, TryParse<T> tryParse, Func<string, T> parse)
    {
        if (tryParse(Text(key) ?? otherwise, out var value))
        {
            return value;
        }

        Reject(key, complaint);
        return parse(otherwise);
    }

    public TimeZoneInfo TimeZone(string key)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(Text(key) ?? "UTC", out var zone))
        {
            return zone;
        }

        Reject(key, "is no time zone of the IANA database");
        return TimeZoneInfo.Utc;
    }

    public void ThrowIfAnyIsWrong()
    {
        if (wrong.Count > 0)
        {
            throw new SettingException(string.Join(Environment.NewLine, wrong));
        }
    }

    public void Reject(string key, string complaint) =>
        wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{key.Replace(":", "__", StringComparison.Ordinal)} {complaint}."));
}
