namespace Pressroom.Comments.Spam;

/// <summary>What the newsroom sets of the spam filter.</summary>
/// <param name="Words">Words that a comment is held for.</param>
/// <param name="Akismet">Access to Akismet; null where it is not used.</param>
public sealed record SpamSettings(IReadOnlyList<string> Words, AkismetSettings? Akismet)
{
    internal static SpamSettings Read(SettingReader reader)
    {
        var words = (reader.Text("Comments:Words") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var baseUrl = reader.Url("Akismet:BaseUrl") ?? new Uri("https://rest.akismet.com");
        return new SpamSettings(words, reader.Text("Akismet:Key") is { } key ? new AkismetSettings(key, baseUrl) : null);
    }
}

/// <summary>Access to Akismet's API.</summary>
public sealed record AkismetSettings(string Key, Uri BaseUrl);
