namespace Pressroom.Comments;

/// <summary>A comment's states.</summary>
public enum CommentStatus
{
    /// <summary>Waits for a moderator.</summary>
    Held,

    /// <summary>On the page.</summary>
    Approved,

    /// <summary>A moderator does not want it, though it is no spam.</summary>
    Rejected,

    /// <summary>Spam, as a moderator or the score says.</summary>
    Spam,
}

/// <summary>How states are called in the API, in lists and in texts.</summary>
public static class CommentStatuses
{
    /// <summary>A state's word: its name in lower case.</summary>
    public static string Word(this CommentStatus status) => status.ToString().ToLowerInvariant();
}
