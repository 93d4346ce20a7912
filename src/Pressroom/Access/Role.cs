namespace Pressroom.Access;

/// <summary>What a token allows. An administrator may do everything.</summary>
public enum Role
{
    /// <summary>Writes and publishes.</summary>
    Editor,

    /// <summary>Decides on comments.</summary>
    Moderator,

    /// <summary>Everything, tokens and subscribers among it.</summary>
    Admin,
}

/// <summary>Who is calling: the token's id, its name for the history, and its roles.</summary>
public sealed record Caller(string TokenId, string Name, IReadOnlyCollection<Role> Roles)
{
    /// <summary>Whether the caller has the role, or is an administrator.</summary>
    public bool Is(Role role) => Roles.Contains(role) || Roles.Contains(Role.Admin);
}
