using System.Globalization;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site.Body;
using Pressroom.Site.Lists;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

/// <summary>All that an article's page shows.</summary>
/// <param name="Article">The article.</param>
/// <param name="Html">Its safe HTML: <see cref="RenderedBody.Html"/>.</param>
/// <param name="Excerpt">Its first words, for descriptions where it has no summary.</param>
/// <param name="Author">The author's record, where there is one; otherwise the byline is the name as written.</param>
/// <param name="Translations">All published versions, the article itself among them; empty where it is the only one.</param>
/// <param name="Preview">Whether it is shown to an editor before it is published: with a banner, and closed to search engines.</param>
public sealed record ArticlePageModel(
    Article Article, string Html, string Excerpt, Author? Author, IReadOnlyList<Translation> Translations, bool Preview = false)
{
    /// <summary>The comments below it; a preview shows none.</summary>
    public ArticleComments Comments { get; init; } = ArticleComments.None;

    /// <summary>The versions by language, one for each: a reader or a search engine can be sent to one only. Of the article's own language
    /// it is the article itself.</summary>
    internal IEnumerable<Translation> OneOfEachLanguage => Translations
        .OrderByDescending(version => version.Id == Article.Id)
        .DistinctBy(version => version.Language)
        .OrderBy(version => version.Language.Tag, StringComparer.Ordinal);
}

/// <summary>Renders the site's pages to UTF-8. Made once for a theme and a site; safe to use from many threads.</summary>
/// <remarks>Links within a page are root-relative, with the path of the base URL; what other machines read (canonical, Open Graph,
/// feeds, JSON-LD) is absolute.</remarks>
public sealed class PageRenderer(Theme theme, SiteSettings site, IReadOnlyList<ChannelSettings> channels, int commentsOpenForDays = 0)
{
    private readonly SiteLinks links = new(site);
    private readonly PageFrame frame = new(theme, site, channels);
    private readonly PageDates dates = new(theme, site);
    private readonly CommentViews comments = new(theme, site, new SiteLinks(site), new PageDates(theme, site));

    /// <summary>For how many days after its publication an article takes comments; 0 for always.</summary>
    public int CommentsOpenForDays { get; } = commentsOpenForDays;

    /// <summary>A hash over all that pages are made of besides articles: the theme, the site's settings and its channels. When it
    /// differs from the one that the site was rendered with, every page is to be rendered again.</summary>
    public string Fingerprint { get; } = Theme.Hash(
    [
        theme.Fingerprint, site.BaseUrl.AbsoluteUri, site.ApiBaseUrl.AbsoluteUri, site.Title, site.Language.Tag, site.TimeZone.Id,
        commentsOpenForDays.ToString(CultureInfo.InvariantCulture),
        .. channels.SelectMany(channel => new[] { channel.Kind, channel.Name, channel.ProfileUrl?.AbsoluteUri ?? "" }),
    ]);

    /// <summary>An article's page.</summary>
    public byte[] Article(ArticlePageModel model)
    {
        var article = model.Article;
        var language = article.Language;
        var author = AuthorOf(article, model.Author);
        var published = article.PublishAt ?? article.FirstPublishedAt;
        var head = ArticleHead.Of(model, author, site, links);
        var commented = model.Preview || article.Path is null ? null : comments.OnArticle(article, model.Comments);
        if (commented is not null)
        {
            head = head with { Feeds = [.. head.Feeds, .. CommentFeeds(article, model.Comments.Places)], HasComments = true };
        }

        var view = new ArticlePageView
        {
            Frame = frame.For(language, LanguageLinks(model), head),
            Article = new ArticleView(
                article.Title,
                article.Summary,
                article.Path is null ? null : links.Href(article.Path + "/"),
                links.List(ListKind.Section, article.Section),
                author,
                author is null || model.Author is not { } record ? null : AuthorBox(author, record, language),
                published is { } at ? dates.Date(at, language) : null,
                article.CorrectedAt is { } correctedAt && !model.Preview ? dates.DateAndTime(correctedAt, language) : null,
                ImageView.Of(article.Image, site),
                new RawHtml(model.Html),
                article.Source is { } source ? new LinkView(source.Name, source.Url) : null,
                [.. article.Tags.Select(tag => links.List(ListKind.Tag, tag)!)],
                [.. model.Translations.Where(other => other.Id != article.Id).Select(other => Translation(other, language))],
                article.Id.Value),
            Comments = commented,
            Preview = model.Preview,
        };
        return theme.Render("article.liquid", view);
    }

    /// <summary>A page of an article's older comments.</summary>
    /// <param name="article">The article, which is live.</param>
    /// <param name="all">All of its comments.</param>
    /// <param name="number">Which page, from 1 for the oldest.</param>
    public byte[] Comments(Article article, ArticleComments all, int number)
    {
        var head = new HeadView($"{comments.PageTitle(article, number)} – {site.Title}")
        {
            Canonical = links.Absolute(CommentPlaces.PagePath(article.Path!, number)),
            Robots = "noindex",
            Feeds = CommentFeeds(article, all.Places),
            HasComments = true,
        };
        return theme.Render("comments.liquid", new CommentsPageView
        {
            Frame = frame.For(article.Language, [], head),
            Article = new LinkView(article.Title, links.Href(article.Path + "/")),
            Comments = comments.OnPage(article, all, number),
        });
    }

    /// <summary>The page of the API on which a comment is written, with what was typed and what is wrong with it. Its addresses are absolute,
    /// and it does not tell other hosts its own.</summary>
    /// <param name="draft">What was typed.</param>
    /// <param name="language">The article's language.</param>
    /// <param name="answered">The comment that it answers, where it can be shown.</param>
    public byte[] CommentForm(CommentDraft draft, Language language, PublishedComment? answered = null)
    {
        var texts = theme.TextsFor(language, site.Language);
        var parent = comments.Answered(draft, language, answered);
        var title = texts[parent is null ? "comment_form_title" : "comment_form_answer"] ?? "";
        return theme.Render("comment-form.liquid", new CommentFormPageView
        {
            Frame = frame.ForApi(language, new HeadView($"{title} – {site.Title}") { HasComments = true }),
            Article = new LinkView(draft.ArticleTitle, links.Absolute(draft.ArticlePath + "/")),
            Title = title,
            Form = comments.Form(draft, texts),
            Answered = parent,
        });
    }

    /// <summary>The feed of an article's comments.</summary>
    public byte[] CommentFeed(Article article, CommentPlaces places) =>
        Feeds.CommentFeed.Write(article, places, theme.TextsFor(article.Language, site.Language), site);

    /// <summary>A page of a list: the newest of home, a section, a tag, an author or a language, or a month of their archive.</summary>
    public byte[] List(ListView list)
    {
        var language = list.Language;
        var heading = ListHeading(list);
        var month = list.Month is { } day ? Capitalised(DateWords.Month(day, language, theme.TextsOf(language)), language) : null;
        var name = list.List.Kind == ListKind.Home ? site.Title : $"{heading} – {site.Title}";
        var languages = list.Articles.Select(article => article.Language).Append(language).Distinct()
            .OrderBy(other => other.Tag, StringComparer.Ordinal)
            .Select(other => LanguageLink(other, ListPath(ListKind.Language, other.Tag), isCurrent: list.List.Kind == ListKind.Language && other == language))
            .ToList();
        var view = new ListPageView
        {
            Frame = frame.For(language, languages.Count > 1 || list.List.Kind == ListKind.Language ? languages : [], ListHead.Of(list, name, month, site, links)),
            List = new ListPartView(
                list.List.Kind.ToString().ToLowerInvariant(),
                heading,
                month,
                list.Month is null ? null : links.Href(list.List.Folder),
                list.Author is { } record ? AuthorBox(new LinkView(record.Name, null), record, language) : null,
                [.. list.Articles.Select(article => Item(article, language))],
                list.NewerPath is null ? null : links.Href(list.NewerPath),
                list.OlderPath is null ? null : links.Href(list.OlderPath),
                [.. links.Feeds(list.List, name).Select(feed => feed with { Url = links.RelativeTo(feed.Url) })]),
        };
        return theme.Render("list.liquid", view);
    }

    /// <summary>The page for addresses that lead nowhere; it works at any depth.</summary>
    public byte[] NotFound() => theme.Render("not-found.liquid", new MessagePageView
    {
        Frame = frame.For(site.Language, [], new HeadView(theme.TextsFor(site.Language, site.Language)["not_found_title"] + " – " + site.Title) { Robots = "noindex" }),
    });

    /// <summary>The page that stays at an article's former address and sends everyone on to the new one.</summary>
    /// <param name="toPath">The new path, without slashes at the ends.</param>
    /// <param name="language">The article's language.</param>
    public byte[] Redirect(string toPath, Language language) => theme.Render("redirect.liquid", new MessagePageView
    {
        Frame = frame.For(language, [], new HeadView(theme.TextsFor(language, site.Language)["moved_title"] + " – " + site.Title)
        {
            Canonical = links.Absolute(toPath + "/"),
            Robots = "noindex",
        }),
        Target = links.Href(toPath + "/"),
    });

    /// <summary>A small page that answers somebody who followed a link or sent a form. It is served by the API.</summary>
    /// <param name="name">Which of the theme's texts it shows: <c>{name}_title</c> and <c>{name}_text</c>.</param>
    /// <param name="language">The reader's language.</param>
    /// <param name="form">What the reader can do there.</param>
    /// <param name="back">The article that the reader came from; null to lead to the home page.</param>
    public byte[] Notice(string name, Language language, NoticeForm? form = null, NoticeBack? back = null)
    {
        var texts = theme.TextsFor(language, site.Language);
        return theme.Render("notice.liquid", new NoticePageView
        {
            Frame = frame.ForApi(language, new HeadView(texts[name + "_title"] + " – " + site.Title)),
            Notice = new NoticeView(
                texts[name + "_title"] ?? "",
                texts[name + "_text"] ?? "",
                form is null ? null : new NoticeFormView(
                    form.Action,
                    form.Button is null ? null : texts[$"{name}_button"],
                    form.Button,
                    [.. form.Languages.Select(other => new LanguageLinkView(NameOf(other), other.Tag, other.Direction, "", other == form.Language))],
                    [.. form.Sections.Select(section => new NoticeChoiceView(section.Value, section.Name, section.IsChosen))]),
                back is null ? null : new LinkView(back.Title, links.Absolute(back.Path + "/"))),
        });
    }

    /// <summary>The page on which somebody with a link decides on a comment. It is served by the API, like a notice.</summary>
    public byte[] Moderation(ModerationPage page)
    {
        var language = site.Language;
        var texts = theme.TextsFor(language, language);
        var comment = page.Comment;
        return theme.Render("moderate.liquid", new ModerationPageView
        {
            Frame = frame.ForApi(language, new HeadView(texts["moderation_title"] + " – " + site.Title)),
            Moderation = new ModerationView(
                page.Action,
                page.ArticleTitle,
                page.ArticleUrl,
                comment.Name,
                dates.DateAndTime(comment.CreatedAt, language),
                new RawHtml(comment.Html),
                comment.Language.Tag,
                texts["moderation_status_" + comment.Status.Word()] ?? "",
                page.IsDone,
                comment.History.Any(change => change.IsDecision),
                FindingView.TextOf(comment.Score),
                [.. comment.Score.Findings.Select(FindingView.Of)],
                [
                    .. ModerationPage.Choices.Where(choice => choice.Status != comment.Status)
                        .OrderByDescending(choice => choice.Word == page.Suggested)
                        .Select(choice => new ModerationChoiceView(choice.Word, texts["moderation_" + choice.Word] ?? choice.Word)),
                ],
                [
                    .. comment.History.Reverse().Select(change => new ModerationChangeView(
                        dates.DateAndTime(change.At, language),
                        change.By,
                        change.IsDecision ? texts["moderation_status_" + change.To.Word()] ?? "" : texts["moderation_edited"] ?? "")),
                ]),
        });
    }

    private IReadOnlyList<FeedView> CommentFeeds(Article article, CommentPlaces places) => places.Count == 0
        ? []
        : [new FeedView("Atom", comments.FeedTitle(article), "application/atom+xml", links.Absolute(CommentPlaces.FeedPath(article.Path!)))];

    private static LinkView? AuthorLink(string? name, string? key, SiteLinks links) =>
        name is null ? null : new LinkView(name, key is null ? null : links.Href(new ListKey(ListKind.Author, key).Folder));

    private LinkView? AuthorOf(Article article, Author? record) => AuthorLink(record?.Name ?? article.Author, record?.Key ?? article.AuthorKey, links);

    private AuthorBoxView AuthorBox(LinkView author, Author record, Language language) => new(
        record.Name,
        author.Url,
        record.Bio is { Length: > 0 } bio ? new RawHtml(ArticleBody.Render(bio, BodyFormat.Markdown, language, site.BaseUrl, idPrefix: "bio-").Html) : null,
        record.Url,
        ImageView.Of(record.Image, site));

    private ListItemView Item(ListedArticle article, Language page) => new(
        article.Title,
        links.Href(article.Path.TrimEnd('/') + "/"),
        new RawHtml(LanguageAttributes(article.Language, page)),
        article.Summary,
        ImageView.Of(article.Image, site),
        links.List(ListKind.Section, article.Section),
        article.AuthorName,
        dates.Date(article.PublishedAt, article.Language));

    // The versions of the article; for one that is not in the site's language and stands alone, the list of its language.
    private List<LanguageLinkView> LanguageLinks(ArticlePageModel model)
    {
        if (model.Translations.Count > 1)
        {
            return [.. model.OneOfEachLanguage
                .Select(other => LanguageLink(other.Language, other.Path.TrimEnd('/') + "/", isCurrent: other.Id == model.Article.Id))];
        }

        var language = model.Article.Language;
        return language == site.Language || model.Preview ? [] : [LanguageLink(language, ListPath(ListKind.Language, language.Tag), isCurrent: false)];
    }

    private LanguageLinkView LanguageLink(Language language, string path, bool isCurrent) =>
        new(NameOf(language), language.Tag, language.Direction, links.Href(path), isCurrent);

    private TranslationView Translation(Translation other, Language page) =>
        new(other.Title, NameOf(other.Language), other.Language.Tag, new RawHtml(LanguageAttributes(other.Language, page)), links.Href(other.Path.TrimEnd('/') + "/"));

    private static string ListPath(ListKind kind, string name) => new ListKey(kind, name).Folder;

    private static string ListHeading(ListView list) => list.List.Kind == ListKind.Language && Language.TryParse(list.Heading, out var language)
        ? NameOf(language)
        : list.Heading;

    internal static string NameOf(Language language) =>
        language.Culture is { Name.Length: > 0 } culture ? Capitalised(culture.NativeName, language) : language.Tag;

    internal static string LanguageAttributes(Language inside, Language page) =>
        inside == page ? "" : $" lang=\"{inside.Tag}\"" + (inside.Direction == page.Direction ? "" : $" dir=\"{inside.Direction}\"");

    private static string Capitalised(string text, Language language) =>
        text.Length == 0 ? text : language.Culture.TextInfo.ToUpper(text[..1]) + text[1..];
}

/// <summary>What the reader of a notice can do: press its button, and choose a language and sections.</summary>
/// <param name="Action">Where it is posted.</param>
/// <param name="Button">The value that the button sends as <c>action</c>; null for no button.</param>
public sealed record NoticeForm(string Action, string? Button)
{
    /// <summary>The language that is chosen now.</summary>
    public Language? Language { get; init; }

    /// <summary>The languages to choose from; none for no choice.</summary>
    public IReadOnlyList<Language> Languages { get; init; } = [];

    /// <summary>The sections to choose from.</summary>
    public IReadOnlyList<NoticeChoice> Sections { get; init; } = [];
}

/// <summary>An article to go back to, by its path without slashes at the ends.</summary>
public sealed record NoticeBack(string Title, string Path);

/// <summary>Something to tick.</summary>
public sealed record NoticeChoice(string Value, string Name, bool IsChosen);

/// <summary>What is shown to whoever decides on a comment by a link.</summary>
/// <param name="Comment">The comment as it is now.</param>
/// <param name="ArticleTitle">The article's title.</param>
/// <param name="ArticleUrl">Where the article is live; null where it is not.</param>
/// <param name="Action">Where the buttons post to.</param>
/// <param name="Suggested">The choice that the link in the mail was about; its button comes first.</param>
/// <param name="IsDone">Whether the status is what has just been decided.</param>
public sealed record ModerationPage(Comment Comment, string ArticleTitle, string? ArticleUrl, string Action, string? Suggested, bool IsDone)
{
    /// <summary>The word of each decision, in the order of the buttons.</summary>
    public static IReadOnlyList<(string Word, CommentStatus Status)> Choices { get; } =
        [("approve", CommentStatus.Approved), ("reject", CommentStatus.Rejected), ("spam", CommentStatus.Spam)];
}
