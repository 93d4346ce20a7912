using System.Net;
using System.Text;
using Pressroom.Articles;

namespace Pressroom.Site.Pages;

/// <summary>A comment that was typed and cannot be taken as it is.</summary>
public sealed record CommentDraft(
    ArticleId ArticleId, string ArticleTitle, string ArticlePath, string Name, string Email, string Body, string? ParentId, bool Notify, string? Token,
    string? SubmissionId, IReadOnlyDictionary<string, string> Errors);

/// <summary>The form with what was typed still there.</summary>
public static class CommentFormPage
{
    /// <summary>The page.</summary>
    public static byte[] CommentForm(this PageRenderer pages, CommentDraft draft, Language language)
    {
        ArgumentNullException.ThrowIfNull(pages);
        var errors = string.Concat(draft.Errors.Select(error => $"<li>{error.Key}: {error.Value}</li>"));
        return Encoding.UTF8.GetBytes(
            $"<!doctype html><html lang=\"{language.Tag}\" dir=\"{language.Direction}\"><title>{WebUtility.HtmlEncode(draft.ArticleTitle)}</title><ul>{errors}</ul>"
            + $"<form method=\"post\"><input name=\"name\" value=\"{WebUtility.HtmlEncode(draft.Name)}\"><input name=\"email\" value=\"{WebUtility.HtmlEncode(draft.Email)}\">"
            + $"<textarea name=\"body\">{WebUtility.HtmlEncode(draft.Body)}</textarea></form></html>");
    }
}
