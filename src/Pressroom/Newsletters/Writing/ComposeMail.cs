using System.Net;
using System.Text;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Newsletters.Mail;
using Pressroom.Site;
using Pressroom.Site.Body;
using Pressroom.Site.Pages;
using Pressroom.Site.Themes;

namespace Pressroom.Newsletters.Writing;

/// <summary>Writes mails to subscribers, from the theme's templates <c>mail/*.liquid</c>: a text part and an HTML part with tables and inlined styles.</summary>
public sealed class ComposeMail(Theme theme, SiteSettings site, MailSettings mail)
{
    /// <summary>What stands for each recipient's own link to unsubscribe and to the settings.</summary>
    public const string UnsubscribePlaceholder = "-unsubscribeUrl-";

    /// <summary>What stands for the one link of a mail about a subscription.</summary>
    public const string LinkPlaceholder = "-linkUrl-";

    /// <summary>What stands for each recipient's own link to stop the notices about one article's comments.</summary>
    public const string StopPlaceholder = "-stopUrl-";

    private const int PreheaderCharacters = 120;
    private const int TitleCharacters = 80;

    /// <summary>An article in full.</summary>
    /// <param name="document">The article and its text.</param>
    /// <param name="authorName">Who is named in the byline.</param>
    public ComposedIssue Article(ArticleDocument document, string? authorName)
    {
        var (article, text) = document;
        var url = site.Absolute(article.Path + "/");
        var language = article.Language;
        var body = BodyOf(text, language, url);
        return Issue(article.Title, article.Summary ?? text.Excerpt, language, url, view => view with
        {
            Article = new MailArticleView(
                article.Title, url, article.Section, article.Summary, authorName, DateOf(article.PublishAt ?? article.CreatedAt, language),
                ImageView.Of(article.Image, site), new RawHtml("")),
            BodyHtml = body is null ? null : new RawHtml(body.Html),
            BodyText = body?.Text ?? text.Excerpt,
        });
    }

    // What is written of an article at the very bounds of the parser may lie beyond them: then the mail has its first words and the link.
    private static MailBody? BodyOf(ArticleText text, Language language, string url)
    {
        try
        {
            return MailBody.Of(text.Html, language.Direction, url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The articles of a day or a week, the newest first.</summary>
    public ComposedIssue Digest(Language language, IReadOnlyList<ListedArticle> articles, DateTimeOffset day, string webPath)
    {
        var subject = (Texts(language)["mail_digest_subject"] ?? "{site}")
            .Replace("{site}", site.Title, StringComparison.Ordinal)
            .Replace("{title}", articles[0].Title, StringComparison.Ordinal);
        return Issue(subject, articles[0].Summary ?? articles[0].Title, language, site.Absolute(webPath), view => view with
        {
            Heading = DateOf(day, language),
            Articles = [.. articles.Select(article => new MailArticleView(
                article.Title,
                site.Absolute(article.Path.TrimEnd('/') + "/"),
                article.Section,
                article.Summary,
                article.AuthorName,
                DateOf(article.PublishedAt, article.Language),
                ImageView.Of(article.Image, site),
                new RawHtml(PageRenderer.LanguageAttributes(article.Language, language))))],
        });
    }

    /// <summary>A letter that an editor has written.</summary>
    /// <param name="subject">One line.</param>
    /// <param name="markdown">The text.</param>
    /// <param name="language">Its language.</param>
    /// <param name="webPath">Where it can be seen in a browser; null for a test, which nobody else sees.</param>
    /// <exception cref="FormatException">The text is nested deeper, or of more elements, than any is; the message is fit for the editor.</exception>
    public ComposedIssue Letter(string subject, string markdown, Language language, string? webPath)
    {
        var rendered = ArticleBody.Render(markdown, BodyFormat.Markdown, language, site.BaseUrl);
        var url = webPath is null ? null : site.Absolute(webPath);
        var body = MailBody.Of(rendered.Html, language.Direction, url);
        return Issue(subject, rendered.Excerpt, language, url, view => view with
        {
            Heading = subject,
            BodyHtml = new RawHtml(body.Html),
            BodyText = body.Text,
        });
    }

    /// <summary>The mail that asks to confirm a subscription. Its link is <see cref="LinkPlaceholder"/>.</summary>
    public MailContent Confirmation(Language language) => AboutSubscription("mail_confirm", language);

    /// <summary>The mail to somebody who asked to subscribe, and is subscribed. Its link is <see cref="LinkPlaceholder"/>.</summary>
    public MailContent AlreadySubscribed(Language language) => AboutSubscription("mail_already", language);

    /// <summary>The mail that asks whether notices of replies may be sent. Its link is <see cref="LinkPlaceholder"/>.</summary>
    public MailContent ReplyConfirmation(Language language) => AboutSubscription("mail_reply_confirm", language);

    /// <summary>The notice of a reply. Its links to stop are <see cref="StopPlaceholder"/> and, for all, <see cref="UnsubscribePlaceholder"/>.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="title">The article's title.</param>
    /// <param name="titleLanguage">The article's language.</param>
    /// <param name="url">Where the reply can be read.</param>
    /// <param name="language">The reader's language.</param>
    public MailContent Reply(PublishedComment reply, string title, Language titleLanguage, string url, Language language)
    {
        var texts = Texts(language);
        var subject = Filled(texts, "mail_reply_subject").Replace("{title}", Isolated(title), StringComparison.Ordinal);
        var body = MailBody.Of(reply.Html, reply.Language.Direction, url);
        var view = View(subject, body.Text, language, null) with
        {
            Heading = Filled(texts, "mail_reply_heading"),
            BodyHtml = new RawHtml(body.Html),
            BodyText = body.Text,
            Button = new LinkView(Filled(texts, "mail_reply_button"), url),
            Reply = new MailReplyView(
                reply.Name,
                title,
                new RawHtml(PageRenderer.LanguageAttributes(titleLanguage, language)),
                StartOf(reply.Language),
                new RawHtml(PageRenderer.LanguageAttributes(reply.Language, language))),
            UnsubscribeUrl = UnsubscribePlaceholder,
            StopUrl = StopPlaceholder,
        };
        var isolated = view with { Reply = view.Reply with { Name = Isolated(reply.Name), Title = Isolated(title) } };
        return new MailContent(
            mail.FromName, subject, Text("mail/reply-text.liquid", isolated), Html("mail/reply.liquid", view), texts.Language, ListHeaders("replies"));
    }

    /// <summary>The mail that asks a commenter to confirm the address. Its link is <see cref="LinkPlaceholder"/>.</summary>
    public MailContent ConfirmCommenter(Language language) => AboutSubscription("mail_moderation_confirm", language);

    /// <summary>The mail that asks the moderators to decide on a comment, in the site's language. It holds no address of its author.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="article">What it is about.</param>
    /// <param name="moderateUrl">The page on which it is decided; it has a query already.</param>
    public MailContent Moderation(Comment comment, Article article, string moderateUrl)
    {
        var language = site.Language;
        var texts = Texts(language);
        var subject = Filled(texts, "mail_moderation_subject").Replace("{title}", Excerpt.Cut(article.Title, TitleCharacters), StringComparison.Ordinal);
        var view = View(subject, comment.Text.ReplaceLineEndings(" "), language, null) with
        {
            Heading = Filled(texts, "mail_moderation_heading"),
            Comment = new MailCommentView(
                article.Title,
                site.Absolute(article.Path + "/"),
                comment.Name,
                comment.Text,
                comment.Language.Tag,
                FindingView.TextOf(comment.Score),
                [.. comment.Score.Findings.Select(FindingView.Of)],
                [.. ModerationPage.Choices.Select(choice => new LinkView(texts["moderation_" + choice.Word] ?? choice.Word, $"{moderateUrl}&action={choice.Word}"))]),
        };
        return new MailContent(
            mail.FromName,
            view.Subject,
            Text("mail/moderation-text.liquid", view),
            Html("mail/moderation.liquid", view),
            texts.Language,
            new Dictionary<string, string> { ["Auto-Submitted"] = "auto-generated" });
    }

    private MailContent AboutSubscription(string name, Language language)
    {
        var texts = Texts(language);
        var view = View(Filled(texts, name + "_subject"), Filled(texts, name + "_text"), language, null) with
        {
            Heading = Filled(texts, name + "_subject"),
            BodyText = Filled(texts, name + "_text"),
            Note = Filled(texts, name + "_note"),
            Button = new LinkView(Filled(texts, name + "_button"), LinkPlaceholder),
        };
        return new MailContent(
            mail.FromName,
            view.Subject,
            Text("mail/subscription-text.liquid", view),
            Html("mail/subscription.liquid", view),
            texts.Language,
            new Dictionary<string, string> { ["Auto-Submitted"] = "auto-generated" });
    }

    private ComposedIssue Issue(string subject, string preheader, Language language, string? webUrl, Func<MailView, MailView> fill)
    {
        var view = fill(View(subject, preheader, language, webUrl)) with { UnsubscribeUrl = UnsubscribePlaceholder };
        var content = new MailContent(
            mail.FromName,
            subject,
            Text("mail/newsletter-text.liquid", view),
            Html("mail/newsletter.liquid", view),
            language,
            ListHeaders("newsletter"));
        return new ComposedIssue(content, theme.Render("mail/newsletter.liquid", new MailPageView(view with { UnsubscribeUrl = null, WebUrl = null })));
    }

    private MailView View(string subject, string preheader, Language language, string? webUrl)
    {
        var texts = Texts(language);
        return new MailView
        {
            Lang = language.Tag,
            Dir = language.Direction,
            Start = StartOf(language),
            Texts = texts,
            TextsLanguage = new RawHtml(texts.Language.Primary == language.Primary ? "" : PageRenderer.LanguageAttributes(texts.Language, language)),
            SiteTitle = site.Title,
            SiteLanguage = new RawHtml(PageRenderer.LanguageAttributes(site.Language, language)),
            HomeUrl = site.Absolute(""),
            Subject = subject,
            Preheader = Excerpt.Cut(preheader, PreheaderCharacters),
            WebUrl = webUrl,
            PostalAddress = mail.PostalAddress,
        };
    }

    private static string StartOf(Language language) => language.IsRightToLeft ? "right" : "left";

    private string Html(string template, MailView view) => Encoding.UTF8.GetString(theme.Render(template, new MailPageView(view)));

    // A template escapes all it writes, for HTML; a text part is that, read back.
    private string Text(string template, MailView view) =>
        WebUtility.HtmlDecode(Html(template, view)).ReplaceLineEndings("\n").Trim('\n') + "\n";

    // RFC 8058; the provider signs them.
    private Dictionary<string, string> ListHeaders(string list) => new()
    {
        ["List-Id"] = ListId(list),
        ["List-Unsubscribe"] = $"<{UnsubscribePlaceholder}>",
        ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click",
    };

    // First strong isolate and its end: other people's text keeps its direction where no markup can say it.
    private static string Isolated(string text) => $"\u2068{text}\u2069";

    // RFC 2919; the title in front is a phrase of ASCII or left out.
    private string ListId(string list)
    {
        var id = $"<{list}.{site.BaseUrl.IdnHost}>";
        return site.Title.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? $"{site.Title} {id}" : id;
    }

    private string DateOf(DateTimeOffset moment, Language language) =>
        DateWords.Date(TimeZoneInfo.ConvertTime(moment, site.TimeZone), language, theme.TextsOf(language));

    private ThemeTexts Texts(Language language) => theme.TextsFor(language, site.Language);

    private string Filled(ThemeTexts texts, string name) => (texts[name] ?? "").Replace("{site}", site.Title, StringComparison.Ordinal);
}

/// <summary>An issue's mail, and its page in the browser.</summary>
public sealed record ComposedIssue(MailContent Content, byte[] WebPage);

// What the templates mail/*.liquid see; described in Theme/TEMPLATES.md.

[TemplateView]
internal sealed record MailPageView(MailView Mail);

/// <summary>A mail. <see cref="Start"/> is "left" or "right": where lines begin, for mail programs that know no other words.</summary>
[TemplateView]
internal sealed record MailView
{
    public required string Lang { get; init; }

    public required string Dir { get; init; }

    public required string Start { get; init; }

    public required ThemeTexts Texts { get; init; }

    public required RawHtml TextsLanguage { get; init; }

    public required string SiteTitle { get; init; }

    public required RawHtml SiteLanguage { get; init; }

    public required string HomeUrl { get; init; }

    public required string Subject { get; init; }

    public required string Preheader { get; init; }

    public string? WebUrl { get; init; }

    public string? UnsubscribeUrl { get; init; }

    public string? StopUrl { get; init; }

    public string? PostalAddress { get; init; }

    public string? Heading { get; init; }

    public RawHtml? BodyHtml { get; init; }

    public string? BodyText { get; init; }

    public string? Note { get; init; }

    public LinkView? Button { get; init; }

    public MailReplyView? Reply { get; init; }

    public MailArticleView? Article { get; init; }

    public IReadOnlyList<MailArticleView> Articles { get; init; } = [];

    public MailCommentView? Comment { get; init; }
}

[TemplateView]
internal sealed record MailCommentView(
    string ArticleTitle, string ArticleUrl, string Name, string Text, string Lang, string Score, IReadOnlyList<FindingView> Findings, IReadOnlyList<LinkView> Actions);

[TemplateView]
internal sealed record MailArticleView(
    string Title, string Url, string? Section, string? Summary, string? Author, string Published, ImageView? Image, RawHtml LanguageAttributes);

/// <summary>A reply: who wrote it, below which article, and how its text runs.</summary>
[TemplateView]
internal sealed record MailReplyView(string Name, string Title, RawHtml TitleLanguage, string Start, RawHtml LanguageAttributes);
