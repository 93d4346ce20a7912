using Pressroom.Articles;

namespace Pressroom.Site.Pages;

/// <summary>A comment that is being written: what was typed, and what is wrong with it.</summary>
/// <param name="Article">The article.</param>
/// <param name="ArticleTitle">Its title.</param>
/// <param name="ArticlePath">Its path, without slashes at the ends.</param>
/// <param name="Name">The author's name as typed.</param>
/// <param name="Email">The author's address as typed; it is shown to nobody but its author.</param>
/// <param name="Body">The text as typed.</param>
/// <param name="ParentId">The comment that it answers.</param>
/// <param name="Notify">Whether its author wants to be told of replies.</param>
/// <param name="Token">The form's timed token.</param>
/// <param name="SubmissionId">What makes two clicks one comment.</param>
/// <param name="Errors">By the field (<c>name</c>, <c>email</c>, <c>body</c>; any other is of the form as a whole), the name of the theme's
/// text that says what is wrong: <c>comment_error_email_invalid</c>.</param>
public sealed record CommentDraft(
    ArticleId Article, string ArticleTitle, string ArticlePath, string Name, string Email, string Body, string? ParentId, bool Notify,
    string? Token, string? SubmissionId, IReadOnlyDictionary<string, string> Errors);
