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

/// <summary>What callers call the roles.</summary>
public static class Roles
{
    /// <summary>The role's name in the API: <c>editor</c>, <c>moderator</c>, <c>admin</c>.</summary>
    public static string Word(this Role role) => role.ToString().ToLowerInvariant();
}

/// <summary>Who is calling: the id of the token or person, the name for the history, and the roles.</summary>
public sealed record Caller(string Id, string Name, IReadOnlyCollection<Role> Roles)
{
    /// <summary>What the ids of people begin with for whom an issuer vouches; no token's id does.</summary>
    public const string PersonPrefix = "person-";

    /// <summary>Whether the caller has the role, or is an administrator.</summary>
    public bool Is(Role role) => Roles.Contains(role) || Roles.Contains(Role.Admin);
}
