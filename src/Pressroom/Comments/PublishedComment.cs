using Pressroom.Articles;

namespace Pressroom.Comments;

/// <summary>What everybody may see of an approved comment. It has no address: those are in a table of their own.</summary>
/// <param name="Id">The comment.</param>
/// <param name="ParentId">The comment it answers, of the same article; it may be gone, or not be approved.</param>
/// <param name="Name">The name its author gave, one line of plain text.</param>
/// <param name="Html">Its text as safe HTML.</param>
/// <param name="Language">The language it is probably written in.</param>
/// <param name="CreatedAt">When it was sent.</param>
public sealed record PublishedComment(CommentId Id, CommentId? ParentId, string Name, string Html, Language Language, DateTimeOffset CreatedAt);
