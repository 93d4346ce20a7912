using System.Globalization;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Media;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

// What templates see, by these names in snake case; described for theme authors in Theme/TEMPLATES.md.

/// <summary>What all pages have around their contents.</summary>
[TemplateView]
internal sealed record FrameView(
    string SiteTitle, RawHtml SiteLanguage, string HomeUrl, string StyleUrl, string IconUrl, string Lang, string Dir, HeadView Head, ThemeTexts Texts,
    RawHtml TextsLanguage, IReadOnlyList<LanguageLinkView> Languages, IReadOnlyList<FeedView> Feeds, IReadOnlyList<FollowView> Follow, string ApiUrl, string CommentsScriptUrl);

[TemplateView]
internal sealed record HeadView(string Title)
{
    public string? Description { get; init; }

    public string? Canonical { get; init; }

    public string? Robots { get; init; }

    public string? ContentSecurityPolicy { get; init; }

    public IReadOnlyList<AlternateView> Alternates { get; init; } = [];

    public IReadOnlyList<FeedView> Feeds { get; init; } = [];

    public IReadOnlyList<MetaView> Meta { get; init; } = [];

    public RawHtml? JsonLd { get; init; }

    /// <summary>Whether the page loads <c>comments.js</c>; no other script runs.</summary>
    public bool HasComments { get; init; }
}

/// <summary>A version in another language. <paramref name="Lang"/> is a tag or <c>x-default</c>.</summary>
[TemplateView]
internal sealed record AlternateView(string Lang, string Url);

/// <summary>A meta element: <paramref name="Attribute"/> is <c>property</c> or <c>name</c>.</summary>
[TemplateView]
internal sealed record MetaView(string Attribute, string Name, string Content);

[TemplateView]
internal sealed record FeedView(string Name, string Title, string Type, string Url);

[TemplateView]
internal sealed record FollowView(string Name, string Kind, string Url);

[TemplateView]
internal sealed record LanguageLinkView(string Name, string Lang, string Dir, string Url, bool Current);

[TemplateView]
internal sealed record LinkView(string Name, string? Url);

[TemplateView]
internal sealed record ImageView(string Url, string Alt)
{
    /// <summary>Of our own pictures alone, like the two that follow.</summary>
    public int? Width { get; init; }

    public int? Height { get; init; }

    public string? Srcset { get; init; }

    public static ImageView? Of(ArticleImage? image, SiteSettings site) =>
        image is null ? null
        : ShownPicture.At(image.Url, site.BaseUrl) is { } own
        ? new ImageView(own.Source, image.Alt ?? "") { Width = own.Size.Width, Height = own.Size.Height, Srcset = own.Srcset }
        : new ImageView(image.Url, image.Alt ?? "");
}

/// <summary>A moment: <paramref name="Machine"/> with its offset, and in words.</summary>
[TemplateView]
internal sealed record DateView(string Machine, string Text);

[TemplateView]
internal sealed record AuthorBoxView(string Name, string? Url, RawHtml? Bio, string? Website, ImageView? Image);

[TemplateView]
internal sealed record TranslationView(string Title, string LanguageName, string Lang, RawHtml LanguageAttributes, string Url);

[TemplateView]
internal sealed record ArticleView(
    string Title, string? Summary, string? Url, LinkView? Section, LinkView? Author, AuthorBoxView? AuthorBox, DateView? Published, DateView? Updated,
    ImageView? Image, RawHtml Html, LinkView? Source, IReadOnlyList<LinkView> Tags, IReadOnlyList<TranslationView> Translations, string Id);

[TemplateView]
internal sealed record ListItemView(
    string Title, string Url, RawHtml LanguageAttributes, string? Summary, ImageView? Image, LinkView? Section, string? Author, DateView Published);

[TemplateView]
internal sealed record ListPartView(
    string Kind, string Heading, string? Month, string? HeadUrl, AuthorBoxView? AuthorBox, IReadOnlyList<ListItemView> Articles, string? NewerUrl, string? OlderUrl,
    IReadOnlyList<FeedView> Feeds);

[TemplateView]
internal sealed record ArticlePageView
{
    public required FrameView Frame { get; init; }

    public required ArticleView Article { get; init; }

    public CommentsView? Comments { get; init; }

    public bool Preview { get; init; }
}

[TemplateView]
internal sealed record ListPageView
{
    public required FrameView Frame { get; init; }

    public required ListPartView List { get; init; }
}

[TemplateView]
internal sealed record MessagePageView
{
    public required FrameView Frame { get; init; }

    public string? Target { get; init; }
}

[TemplateView]
internal sealed record NoticePageView
{
    public required FrameView Frame { get; init; }

    public required NoticeView Notice { get; init; }
}

[TemplateView]
internal sealed record NoticeView(string Title, string Text, NoticeFormView? Form, LinkView? Back);

/// <summary>A button that sends <paramref name="Value"/> as <c>action</c>, and choices.</summary>
[TemplateView]
internal sealed record NoticeFormView(
    string Action, string? Button, string? Value, IReadOnlyList<LanguageLinkView> Languages, IReadOnlyList<NoticeChoiceView> Sections);

[TemplateView]
internal sealed record NoticeChoiceView(string Value, string Name, bool Chosen);

[TemplateView]
internal sealed record ModerationPageView
{
    public required FrameView Frame { get; init; }

    public required ModerationView Moderation { get; init; }
}

/// <summary>A comment to decide on. <paramref name="Done"/>: whether its status is what has just been decided.</summary>
[TemplateView]
internal sealed record ModerationView(
    string Action, string ArticleTitle, string? ArticleUrl, string Name, DateView Created, RawHtml Html, string Lang, string Status, bool Done, bool CanUndo,
    string Score, IReadOnlyList<FindingView> Findings, IReadOnlyList<ModerationChoiceView> Choices, IReadOnlyList<ModerationChangeView> History);

/// <summary>One reason of a score, with its points as text.</summary>
[TemplateView]
internal sealed record FindingView(string Signal, string Points, string Reason)
{
    public static FindingView Of(SpamFinding finding) =>
        new(finding.Signal, finding.Points.ToString("+0.#;-0.#;0", CultureInfo.InvariantCulture), finding.Reason);

    public static string TextOf(SpamScore score) => score.Points.ToString("0.#", CultureInfo.InvariantCulture);
}

[TemplateView]
internal sealed record ModerationChoiceView(string Value, string Name);

/// <summary>A line of a comment's history; <paramref name="By"/> is nil where no person decided.</summary>
[TemplateView]
internal sealed record ModerationChangeView(DateView At, string? By, string What);
