using System.Text.Json.Nodes;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.People;

namespace Pressroom.Comments.Spam;

/// <summary>Teaches the Bayesian filter what persons decided, and lets it forget whoever is erased.</summary>
/// <remarks>Nothing that can be read comes of what it keeps, hashes of words; but they are of somebody's words, so they go with their author.
/// It finds them by <see cref="Commenters"/>, and is registered before what empties that.</remarks>
public sealed class TeachFilter(LearnDecision filter, SubscriberIds ids, Commenters commenters) : ICommentDecided, IPersonalData
{
    /// <inheritdoc/>
    public string Name => "spamFilter";

    /// <inheritdoc/>
    public async Task DecidedAsync(Comment comment, CommentStatus? before, CommentStatus after, CancellationToken cancellation)
    {
        if (before is null)
        {
            return;
        }

        // As the comment is now: of two decisions the last counts, in whatever order they are told.
        bool? isSpam = comment.Status switch
        {
            CommentStatus.Spam => true,
            CommentStatus.Approved => false,
            _ => null,
        };
        if (isSpam is null || comment.History.Any(change => !change.IsDecision))
        {
            // An edit may have changed the language that it was learned in.
            await filter.ForgetAsync(comment.Id, null, cancellation);
        }

        if (isSpam is { } verdict)
        {
            await filter.LearnAsync(comment.Id, comment.Language, comment.Name, comment.Text, verdict, cancellation);
        }
    }

    /// <inheritdoc/>
    public Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation) => Task.FromResult<JsonNode?>(null);

    /// <inheritdoc/>
    public async Task EraseAsync(EmailAddress address, CancellationToken cancellation)
    {
        var person = await ids.OfAsync(address, cancellation);
        await foreach (var (id, _) in commenters.CommentsAsync(person, cancellation))
        {
            await filter.ForgetAsync(id, null, cancellation);
        }
    }
}
