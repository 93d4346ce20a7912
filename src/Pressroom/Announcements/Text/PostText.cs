using System.Text;
using Pressroom.Articles;

namespace Pressroom.Announcements.Text;

/// <summary>The text of a post that carries its link: words, link, hashtags, in that order, as much of each as there is room for.</summary>
/// <param name="Words">Headline and standfirst, or the editor's own text.</param>
/// <param name="Link">The article's address as it is shown; null where it is shown otherwise.</param>
/// <param name="Hashtags">Each with its <c>#</c>.</param>
/// <param name="Language">The article's language.</param>
internal sealed record PostText(string Words, string? Link, IReadOnlyList<string> Hashtags, Language Language)
{
    private const int MostHashtags = 4;

    /// <summary>What there is to tell of an article. An editor's own text has its own hashtags.</summary>
    /// <param name="announcement">The article.</param>
    /// <param name="link">Its address as the network shows it.</param>
    public static PostText Of(Announcement announcement, string link)
    {
        var language = announcement.Language;
        if (announcement.OwnText is { } own)
        {
            return new PostText(Bidi.WithLinksIsolated(own, language), link, [], language);
        }

        var words = string.Join("\n\n", new[] { announcement.Title, announcement.Summary }
            .Where(part => !string.IsNullOrWhiteSpace(part))
            .Select(part => Bidi.Directed(part!, language)));
        return new PostText(words, link, Text.Hashtags.Of(announcement.Tags), language);
    }

    /// <summary>The text, which <paramref name="length"/> finds to be within <paramref name="limit"/>. The words give way first, but not a
    /// link to the page that they have themselves; hashtags that would take the words' half of the room are left out, and a link that
    /// alone is too long.</summary>
    public string Fit(int limit, Func<string, int> length)
    {
        var words = Words.Trim();
        if (Link is { } link && words.Contains(link, StringComparison.Ordinal))
        {
            var text = words + Tail(null, limit, length);
            if (length(text) <= limit)
            {
                return text;
            }

            words = words.Replace(Bidi.Isolated(link, Language), "", StringComparison.Ordinal).Replace(link, "", StringComparison.Ordinal);
        }

        return Fit(words, limit, length);
    }

    private string Fit(string words, int limit, Func<string, int> length)
    {
        var tail = Tail(Link, limit, length);
        var fitted = Cutting.Fit(words, limit, text => length(text + tail));
        return fitted.Length == 0 ? tail.TrimStart('\n') : fitted + tail;
    }

    private string Tail(string? link, int limit, Func<string, int> length)
    {
        var tail = new StringBuilder();
        if (link is not null && length($"\n\n{Bidi.Isolated(link, Language)}") <= limit)
        {
            tail.Append("\n\n").Append(Bidi.Isolated(link, Language));
        }

        var separator = "\n\n";
        foreach (var hashtag in Hashtags.Take(MostHashtags))
        {
            if (length($"{tail}{separator}{hashtag}") <= limit / 2)
            {
                tail.Append(separator).Append(hashtag);
                separator = " ";
            }
        }

        return tail.ToString();
    }
}
