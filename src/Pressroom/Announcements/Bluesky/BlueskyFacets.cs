using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Text;

namespace Pressroom.Announcements.Bluesky;

/// <summary>Marks the links and hashtags of a text (<c>app.bsky.richtext.facet</c>), by offsets in UTF-8 bytes: Bluesky finds none itself.</summary>
internal static partial class BlueskyFacets
{
    private const int MostTagGraphemes = 64;
    private const int MostTagBytes = 640;

    /// <summary>The facets, in the text's order, none over another.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shown">How the page's address is written in the text.</param>
    /// <param name="address">The page's address.</param>
    public static JsonArray Of(string text, string shown, string address)
    {
        var found = new List<(int Start, int End, JsonObject Feature)>();
        for (var at = text.IndexOf(shown, StringComparison.Ordinal); at >= 0; at = text.IndexOf(shown, at + shown.Length, StringComparison.Ordinal))
        {
            found.Add((at, at + shown.Length, Link(address)));
        }

        foreach (var link in Links.In(text))
        {
            found.Add((link.Index, link.Index + link.Length, Link(link.Value)));
        }

        foreach (Match hashtag in HashtagsIn().Matches(text))
        {
            var tag = hashtag.Groups["tag"].Value;
            if (tag.EnumerateRunes().Any(Rune.IsLetter) && Counting.Graphemes(tag) <= MostTagGraphemes && Counting.Utf8Bytes(tag) <= MostTagBytes)
            {
                found.Add((hashtag.Index, hashtag.Index + hashtag.Length, new JsonObject { ["$type"] = "app.bsky.richtext.facet#tag", ["tag"] = tag }));
            }
        }

        var (facets, end) = (new JsonArray(), 0);
        foreach (var facet in found.OrderBy(facet => facet.Start).ThenByDescending(facet => facet.End))
        {
            if (facet.Start < end)
            {
                continue;
            }

            facets.Add(new JsonObject
            {
                ["index"] = new JsonObject { ["byteStart"] = Bytes(facet.Start), ["byteEnd"] = Bytes(facet.End) },
                ["features"] = new JsonArray(facet.Feature),
            });
            end = facet.End;
        }

        return facets;

        int Bytes(int index) => Encoding.UTF8.GetByteCount(text.AsSpan(0, index));
    }

    private static JsonObject Link(string address) => new() { ["$type"] = "app.bsky.richtext.facet#link", ["uri"] = address };

    [GeneratedRegex(@"(?<![\p{L}\p{M}\p{Nd}_/#])[#＃](?<tag>[\p{L}\p{M}\p{Nd}_]+)")]
    private static partial Regex HashtagsIn();
}
