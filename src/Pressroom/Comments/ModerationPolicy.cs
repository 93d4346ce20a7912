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
