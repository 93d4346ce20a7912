using Pressroom.Articles;

namespace Pressroom.Comments.Spam;

/// <summary>Teaches the Bayesian filter what moderators decided.</summary>
public sealed class LearnDecision
{
    private readonly SpamDecisions decisions;
    private readonly BayesFilter filter;

    internal LearnDecision(SpamDecisions decisions, BayesFilter filter) => (this.decisions, this.filter) = (decisions, filter);

    /// <summary>Learns a comment as spam or as good. Learning it again changes nothing, and another decision takes the place of the first;
    /// where the comment's language has changed since, call <see cref="ForgetAsync"/> first.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="language">The language it is probably written in; its primary subtag counts.</param>
    /// <param name="name">The author's name.</param>
    /// <param name="text">The text as typed.</param>
    /// <param name="isSpam">What the moderator decided.</param>
    /// <param name="cancellation">Stops before anything is learned.</param>
    public async Task LearnAsync(CommentId comment, Language language, string name, string text, bool isSpam, CancellationToken cancellation)
    {
        var decision = new SpamDecision(isSpam, CommentTokens.Of(name, text).Hashes());
        await decisions.WriteAsync(language.Primary, comment, decision, cancellation);
        filter.Apply(language.Primary, comment, decision);
    }

    /// <summary>Forgets what was learned of a comment, because the decision was undone or its author is to be forgotten.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="language">Its language; null where it is not known: then it is looked for in all.</param>
    /// <param name="cancellation">Stops before anything is forgotten.</param>
    public async Task ForgetAsync(CommentId comment, Language? language, CancellationToken cancellation)
    {
        var candidates = language is { } known ? [known.Primary] : await decisions.LanguagesAsync(cancellation);
        foreach (var candidate in candidates)
        {
            if (await decisions.DeleteAsync(candidate, comment, cancellation))
            {
                filter.Apply(candidate, comment, null);
            }
        }
    }
}
