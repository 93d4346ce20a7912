using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

/// <summary>An article's comments as its pages show them.</summary>
/// <param name="Places">Which comments there are, and where each is shown.</param>
/// <param name="AreOpen">Whether more can be written.</param>
public sealed record ArticleComments(CommentPlaces Places, bool AreOpen)
{
    /// <summary>None yet.</summary>
    public static ArticleComments None { get; } = new(new CommentPlaces([]), AreOpen: true);
}

/// <summary>Makes what templates see of comments.</summary>
internal sealed class CommentViews(Theme theme, SiteSettings site, SiteLinks links, PageDates dates)
{
    /// <summary>The newest threads, below their article.</summary>
    public CommentsView OnArticle(Article article, ArticleComments comments)
    {
        var texts = theme.TextsFor(article.Language, site.Language);
        var places = comments.Places;
        return new CommentsView(
            places.Count == 0 ? texts["comment_title"] ?? "" : texts.Counted("comment_count", places.Count),
            [.. places.OnArticle.Select(thread => Comment(thread.First, article, comments))],
            comments.AreOpen,
            comments.AreOpen ? new CommentFormView(Action(article.Id)) : null,
            places.Count == 0 ? null : links.Href(CommentPlaces.FeedPath(article.Path!)),
            null,
            places.Pages == 0 ? null : links.Href(CommentPlaces.PagePath(article.Path!, places.Pages)));
    }

    /// <summary>A page of older threads.</summary>
    public CommentsView OnPage(Article article, ArticleComments comments, int number) => new(
        Numbered("comment_page", article, number),
        [.. comments.Places.OnPage(number).Select(thread => Comment(thread.First, article, comments))],
        comments.AreOpen,
        null,
        links.Href(CommentPlaces.FeedPath(article.Path!)),
        number < comments.Places.Pages ? links.Href(CommentPlaces.PagePath(article.Path!, number + 1)) : links.Href(article.Path + "/") + "#comments",
        number == 1 ? null : links.Href(CommentPlaces.PagePath(article.Path!, number - 1)));

    public string PageTitle(Article article, int number) => Numbered("comment_page_title", article, number);

    public string FeedTitle(Article article) => theme.TextsFor(article.Language, site.Language).Filled("comment_feed", ("title", article.Title));

    /// <summary>The form with what was typed.</summary>
    public CommentFormView Form(CommentDraft draft, ThemeTexts texts)
    {
        return new CommentFormView(Action(draft.Article))
        {
            Name = Typed(draft.Name),
            Email = Typed(draft.Email),
            Body = Typed(draft.Body),
            ParentId = draft.ParentId,
            Notify = draft.Notify,
            Token = draft.Token,
            SubmissionId = draft.SubmissionId,
            NameError = ErrorOf("name"),
            EmailError = ErrorOf("email"),
            BodyError = ErrorOf("body"),
            Errors = [.. draft.Errors.Select(error => new CommentErrorView(error.Key is "name" or "email" or "body" ? error.Key : null, Text(error.Value)))],
        };

        string? ErrorOf(string field) => draft.Errors.TryGetValue(field, out var error) ? Text(error) : null;

        string Text(string error) => texts[error] ?? texts["comment_errors_title"] ?? "";

        static string? Typed(string text) => text.Length == 0 ? null : text;
    }

    /// <summary>The comment that a draft answers, with its text where it is known; null for none.</summary>
    public AnsweredView? Answered(CommentDraft draft, Language page, PublishedComment? comment) =>
        CommentId.TryParse(draft.ParentId, out var parent)
            ? new AnsweredView(
                comment?.Name,
                links.Absolute(draft.ArticlePath + "/") + "#" + CommentPlaces.AnchorOf(parent),
                comment is null ? null : new RawHtml(comment.Html),
                LanguageAttribute(comment?.Language ?? page, page))
            : null;

    private string Numbered(string text, Article article, int number)
    {
        var texts = theme.TextsFor(article.Language, site.Language);
        return texts.Filled(text, ("number", texts.Grouped(number)), ("title", article.Title));
    }

    private static RawHtml LanguageAttribute(Language inside, Language page) => new(inside == page ? "" : $" lang=\"{inside.Tag}\"");

    private string Action(ArticleId article) => site.Api($"articles/{article}/comments");

    private CommentView Comment(ThreadedComment threaded, Article article, ArticleComments comments)
    {
        var comment = threaded.Comment;
        return new CommentView(
            CommentPlaces.AnchorOf(comment.Id),
            comment.Name,
            Permalink(comment.Id),
            dates.DateAndTime(comment.CreatedAt, article.Language),
            new RawHtml(comment.Html),
            LanguageAttribute(comment.Language, article.Language),
            threaded.Answers is { } answers ? new LinkView(answers.Name, Permalink(answers.Id)) : null,
            comments.AreOpen ? site.Api($"articles/{article.Id}/comments/form-page?parent={comment.Id}") : null,
            [.. threaded.Replies.Select(reply => Comment(reply, article, comments))]);

        string Permalink(CommentId id) => links.Href(comments.Places.PathOf(id, article.Path!)) + "#" + CommentPlaces.AnchorOf(id);
    }
}

[TemplateView]
internal sealed record CommentsView(
    string Heading, IReadOnlyList<CommentView> Threads, bool Open, CommentFormView? Form, string? FeedUrl, string? NewerUrl, string? OlderUrl);

/// <summary>A comment: <paramref name="Anchor"/> is its id on the page, <paramref name="Answers"/> whom it answers where its place does not tell.</summary>
[TemplateView]
internal sealed record CommentView(
    string Anchor, string Name, string Url, DateView Written, RawHtml Html, RawHtml LanguageAttribute, LinkView? Answers, string? AnswerUrl,
    IReadOnlyList<CommentView> Replies);

[TemplateView]
internal sealed record CommentFormView(string Action)
{
    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Body { get; init; }

    public string? ParentId { get; init; }

    public bool Notify { get; init; }

    public string? Token { get; init; }

    public string? SubmissionId { get; init; }

    public string? NameError { get; init; }

    public string? EmailError { get; init; }

    public string? BodyError { get; init; }

    public IReadOnlyList<CommentErrorView> Errors { get; init; } = [];
}

/// <summary>What is wrong: with a field, or with all of it.</summary>
[TemplateView]
internal sealed record CommentErrorView(string? Field, string Text);

/// <summary>The comment that is being answered.</summary>
[TemplateView]
internal sealed record AnsweredView(string? Name, string Url, RawHtml? Html, RawHtml LanguageAttribute);

[TemplateView]
internal sealed record CommentsPageView
{
    public required FrameView Frame { get; init; }

    public required LinkView Article { get; init; }

    public required CommentsView Comments { get; init; }
}

[TemplateView]
internal sealed record CommentFormPageView
{
    public required FrameView Frame { get; init; }

    public required LinkView Article { get; init; }

    public required string Title { get; init; }

    public required CommentFormView Form { get; init; }

    public AnsweredView? Answered { get; init; }
}
