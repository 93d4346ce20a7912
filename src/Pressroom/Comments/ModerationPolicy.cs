using Pressroom.Comments.Spam;

namespace Pressroom.Comments;

/// <summary>Which comments wait for a moderator.</summary>
public enum ModerationPolicy
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those of people without a confirmed address and an approved comment, and those in doubt.</summary>
    First,

    /// <summary>Those in doubt alone.</summary>
    None,
}

/// <summary>What becomes of a comment without a person's decision.</summary>
internal static class ModerationPolicies
{
    /// <summary>The status that a comment gets by itself.</summary>
    /// <param name="policy">The newsroom's policy.</param>
    /// <param name="score">What the signals said so far.</param>
    /// <param name="isKnown">Whether the author is known.</param>
    /// <param name="isWhole">Whether all signals have spoken; until then nothing is published.</param>
    public static CommentStatus Decide(this ModerationPolicy policy, SpamScore score, bool isKnown, bool isWhole) =>
        score.IsSpam ? CommentStatus.Spam
        : isWhole && score.IsClean && (policy == ModerationPolicy.None || (policy == ModerationPolicy.First && isKnown)) ? CommentStatus.Approved
        : CommentStatus.Held;
}
