using System.Text;
using System.Text.Json.Serialization;
using Pressroom.Announcements.Text;

namespace Pressroom.Announcements.Discord;

/// <summary>The limits of Discord, "Message": "Embed limits", in UTF-16 units, of which no text has fewer than Discord counts.</summary>
internal sealed record DiscordLimits(int Content, int Title, int Description, int Footer, int Embed);

/// <summary>What a webhook is executed with.</summary>
internal sealed record DiscordMessage(
    string? Content, IReadOnlyList<DiscordEmbed> Embeds, [property: JsonPropertyName("allowed_mentions")] DiscordMentions AllowedMentions)
{
    public static DiscordMessage Of(Announcement announcement, DiscordLimits most)
    {
        var title = Fitted(Bidi.Directed(announcement.Title, announcement.Language), Math.Min(most.Title, most.Embed));
        var footer = announcement.SiteTitle.Length <= Math.Min(most.Footer, most.Embed - title.Length) ? new DiscordFooter(announcement.SiteTitle) : null;
        var room = Math.Min(most.Description, most.Embed - title.Length - (footer?.Text.Length ?? 0));
        var description = announcement.OwnText is null && !string.IsNullOrWhiteSpace(announcement.Summary)
            ? Fitted(Bidi.Directed(announcement.Summary, announcement.Language), room)
            : "";
        var embed = new DiscordEmbed(
            title, announcement.Url, description.Length == 0 ? null : description, announcement.PublishedAt.UtcDateTime.ToString("O"),
            announcement.Image is { } image ? new DiscordImage(image.Url) : null, footer);
        return new DiscordMessage(announcement.OwnText is { } own ? Fitted(own, most.Content) : null, [embed], new DiscordMentions([]));
    }

    /// <summary>The length with the backslashes that keep the text as it was typed.</summary>
    public static int Length(string text) => AsTyped(text).Length;

    private static string Fitted(string text, int limit) => AsTyped(Cutting.Fit(text, limit, Length));

    // Discord reads Markdown, and "<@…>" as mentions. Addresses are left alone: they are links only as they are.
    private static string AsTyped(string text)
    {
        var typed = new StringBuilder(text.Length);
        var (inLink, lineBegins) = (false, true);
        for (var index = 0; index < text.Length; index++)
        {
            var c = text[index];
            inLink = inLink ? !char.IsWhiteSpace(c) : StartsLink(text.AsSpan(index));
            if (!inLink && (c is '\\' or '*' or '_' or '~' or '`' or '|' or '[' or ']' or '<' || (lineBegins && c is '#' or '>' or '-')))
            {
                typed.Append('\\');
            }

            typed.Append(c);
            lineBegins = c == '\n';
        }

        return typed.ToString();
    }

    private static bool StartsLink(ReadOnlySpan<char> text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The card.</summary>
internal sealed record DiscordEmbed(string Title, string Url, string? Description, string Timestamp, DiscordImage? Image, DiscordFooter? Footer)
{
    /// <summary>What counts towards the limit of a whole embed.</summary>
    [JsonIgnore]
    public int Length => Title.Length + (Description?.Length ?? 0) + (Footer?.Text.Length ?? 0);
}

internal sealed record DiscordImage(string Url);

internal sealed record DiscordFooter(string Text);

/// <summary>Whom the message may call: nobody, whatever it says.</summary>
internal sealed record DiscordMentions(IReadOnlyList<string> Parse);
