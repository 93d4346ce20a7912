using System.Net;
using Pressroom.Articles;

namespace Pressroom.Comments.Thread;

/// <summary>Renders a comment's text to safe HTML.</summary>
public static class CommentText
{
    /// <summary>Paragraphs, with everything else as it was typed.</summary>
    public static RenderedComment Render(string markdown, Language articleLanguage)
    {
        var paragraphs = markdown.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new RenderedComment(string.Concat(paragraphs.Select(paragraph => $"<p>{WebUtility.HtmlEncode(paragraph)}</p>")), [], articleLanguage);
    }
}

/// <summary>A rendered comment.</summary>
public sealed record RenderedComment(string Html, IReadOnlyList<string> Links, Language Language);
