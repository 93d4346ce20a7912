using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Utils;

namespace Pressroom.LocalHost.Outbox;

/// <summary>Makes the pages. Nothing that they show is trusted: texts are encoded, and a mail's HTML is for a frame that may do nothing
/// but follow a link.</summary>
internal sealed partial class OutboxPages(OutboxFolder folder, Settings settings)
{
    private const int PageSize = 50;
    private const string Html = "text/html; charset=utf-8";
    private const string Start = "/_outbox";

    // What the frame may do: a link opens in its place, or beside it where the mail says so, and then as a page like any other.
    private const string Sandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

    private static readonly string PagePolicy =
        $"default-src 'none'; style-src '{OutboxTemplates.StyleHash}'; img-src data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    // A mail's pictures are the site's, which may have been asked for by another name than this page.
    private readonly string mailPolicy =
        $"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: {settings.Site.BaseUrl.GetLeftPart(UriPartial.Authority)}; "
        + $"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox {Sandbox}";

    /// <summary>Mails and announcements, newest first, fifty to a page.</summary>
    /// <param name="show"><c>mails</c> or <c>announcements</c>; both where it is neither.</param>
    /// <param name="page">Counted from 1, which is also what a wrong one gets; the last one where it is beyond.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<OutboxAnswer?> ListAsync(string? show, string? page, CancellationToken cancellation)
    {
        var filter = show is "mails" or "announcements" ? show : null;
        var (mails, announcements) = (folder.Mails(), folder.Announcements());
        IReadOnlyList<OutboxFile>[] shown = filter switch { "mails" => [mails], "announcements" => [announcements], _ => [mails, announcements] };
        var pages = Math.Max(1, (shown.Sum(files => files.Count) + PageSize - 1) / PageSize);
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, pages) : 1;

        // Each is in order already, so that only the first of each can be on the page.
        var first = shown.SelectMany(files => files.Take(number * PageSize)).ToList();
        first.Sort(OutboxFile.NewestFirst);
        var items = new List<ListItem>();
        foreach (var file in first.Skip((number - 1) * PageSize).Take(PageSize))
        {
            items.Add(file.IsMail ? await MailItemAsync(file, cancellation) : await AnnouncementItemAsync(file, cancellation));
        }

        var model = new ListModel(
            [
                new Tab("All", Grouped(mails.Count + announcements.Count), Address(null, 1), filter is null),
                new Tab("Mails", Grouped(mails.Count), Address("mails", 1), filter == "mails"),
                new Tab("Announcements", Grouped(announcements.Count), Address("announcements", 1), filter == "announcements"),
            ],
            items, filter, MailService(), Grouped(number), Grouped(pages),
            number > 1 ? Address(filter, number - 1) : null,
            number < pages ? Address(filter, number + 1) : null);
        return Page("list.liquid", settings.Site.Title, model);
    }

    /// <summary>A mail: its headers, its HTML in a frame, and its text. Null where there is none of that name.</summary>
    public async Task<OutboxAnswer?> MailAsync(string name, CancellationToken cancellation)
    {
        if (await folder.MailAsync(name, cancellation) is not { } bytes)
        {
            return null;
        }

        using var mail = ReadOrNull(bytes, cancellation);
        var content = mail?.Body?.Headers; // the parser takes Content-… away from the message
        var headers = (mail?.Headers ?? []).Concat(content ?? []).Select(header => new MailHeader(header.Field, header.Value)).ToList();
        var model = new MailModel(
            Subject(mail?.Headers),
            Reading.In(content?[HeaderId.ContentLanguage]),
            headers.Where(header => header.IsAbove).ToList(),
            headers.Where(header => !header.IsAbove).ToList(),
            mail?.HtmlBody is null ? null : $"{Start}/mail/{name}/html",
            Sandbox,
            mail?.TextBody is { } text ? Runs(text) : null,
            $"{Start}/mail/{name}/source",
            name);
        return Page("mail.liquid", model.Subject, model);
    }

    /// <summary>A mail's HTML part, for the frame; null where it has none.</summary>
    public async Task<OutboxAnswer?> HtmlAsync(string name, CancellationToken cancellation)
    {
        using var mail = await folder.MailAsync(name, cancellation) is { } bytes ? ReadOrNull(bytes, cancellation) : null;
        return mail?.HtmlBody is { } html ? new OutboxAnswer(Html, mailPolicy, Encoding.UTF8.GetBytes(WithLinksToTheTop(html))) : null;
    }

    /// <summary>A mail as it would go over the wire.</summary>
    public async Task<OutboxAnswer?> SourceAsync(string name, CancellationToken cancellation) => await folder.MailAsync(name, cancellation) is { } bytes
        ? new OutboxAnswer("text/plain; charset=utf-8", "default-src 'none'; frame-ancestors 'none'", bytes)
        : null;

    private static OutboxAnswer Page(string template, string title, object model) =>
        new(Html, PagePolicy, OutboxTemplates.Render(template, title, model));

    private async Task<ListItem> MailItemAsync(OutboxFile file, CancellationToken cancellation)
    {
        var headers = await folder.HeadersAsync(file, cancellation);
        var date = DateUtils.TryParse(headers?[HeaderId.Date] ?? "", out var said) ? said : file.WrittenAt;
        return new ListItem(true, Moment(date), Subject(headers), $"{Start}/mail/{file.Name}", headers is not null, file.Name)
        {
            Reading = Reading.In(headers?[HeaderId.ContentLanguage]),
            From = headers?[HeaderId.From],
            To = headers?[HeaderId.To],
        };
    }

    private async Task<ListItem> AnnouncementItemAsync(OutboxFile file, CancellationToken cancellation)
    {
        var announcement = await folder.AnnouncementAsync(file, cancellation);
        var post = announcement?.Post;
        var url = Uri.TryCreate(post?.Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? post!.Url : null;
        return new ListItem(false, Moment(file.WrittenAt), post?.Title ?? "", url, announcement is not null, file.Name)
        {
            Channel = announcement?.Channel,
            State = announcement is { State: "sent" } ? null : announcement?.State,
            Text = post?.Text,
            Reading = Reading.In(post?.Language),
            ShownUrl = url is null ? null : address!.ToString(), // in its own script
        };
    }

    private static MimeMessage? ReadOrNull(byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            return MimeMessage.Load(stream, cancellation);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Subject(HeaderList? headers) => headers?[HeaderId.Subject] is { Length: > 0 } subject ? subject : "(no subject)";

    // A target without an address is no base that the policy speaks of. Behind the doctype it cannot change how the mail is laid out, and
    // the parser still gives <html> and <head> what stands in their own tags.
    private static string WithLinksToTheTop(string html) => html.Insert(Doctype().Match(html).Length, "<base target=\"_top\">");

    private static List<TextRun> Runs(string text)
    {
        var (runs, end) = (new List<TextRun>(), 0);
        foreach (var link in Links().EnumerateMatches(text))
        {
            runs.Add(new TextRun(text[end..link.Index], null));
            end = link.Index + link.Length;
            runs.Add(new TextRun(text[link.Index..end], text[link.Index..end]));
        }

        runs.Add(new TextRun(text[end..], null));
        return runs;
    }

    private Moment Moment(DateTimeOffset moment)
    {
        var here = TimeZoneInfo.ConvertTime(moment, settings.Site.TimeZone);
        return new Moment(here.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), here.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture));
    }

    private string? MailService() => settings.Mail switch
    {
        { SendGrid: not null } => "SendGrid",
        { Smtp: not null } => "SMTP",
        _ => null,
    };

    private static string Address(string? show, int page)
    {
        var query = string.Join('&', new[] { show is null ? null : $"show={show}", page == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"page={page}") }.OfType<string>());
        return query.Length == 0 ? Start : $"{Start}?{query}";
    }

    private static string Grouped(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A\s*<!doctype[^>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Doctype();

    [GeneratedRegex(@"https?://[^\s<>""]*[^\s<>"".,;:!?'()\[\]{}…،؛؟]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}
