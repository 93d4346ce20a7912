using System.Globalization;
using System.Text.RegularExpressions;

namespace Pressroom.Announcements.Text;

/// <summary>Fits plain text to a network's limit.</summary>
internal static partial class Cutting
{
    /// <summary>The text, or as much of its beginning as <paramref name="length"/> finds to be within <paramref name="limit"/>, with an
    /// ellipsis: cut between words where that loses less than half, and never inside a grapheme, a link, a hashtag or a mention.</summary>
    public static string Fit(string text, int limit, Func<string, int> length)
    {
        if (length(text) <= limit)
        {
            return text;
        }

        var places = Places(text);
        var (fits, tooLong) = (0, places.Count);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            (fits, tooLong) = length(WithEllipsis(text[..places[middle]])) <= limit ? (middle, tooLong) : (fits, middle);
        }

        var cut = places[fits];
        var between = BetweenWords(text, cut);
        return WithEllipsis(text[..(between > cut / 2 ? between : cut)]);
    }

    // Where the text may be cut, from its beginning on.
    private static List<int> Places(string text)
    {
        var places = new List<int>(text.Length + 1) { 0 };
        var together = WhatBelongsTogether().Match(text);
        foreach (var place in StringInfo.ParseCombiningCharacters(text).Skip(1))
        {
            while (together.Success && place >= together.Index + together.Length)
            {
                together = together.NextMatch();
            }

            if (!together.Success || place <= together.Index)
            {
                places.Add(place);
            }
        }

        return places;
    }

    private static int BetweenWords(string text, int cut)
    {
        var start = cut;
        if (cut == text.Length || char.IsWhiteSpace(text[cut]))
        {
            return cut;
        }

        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        return start;
    }

    // An isolate that was opened just before the cut is not opened.
    private static string WithEllipsis(string beginning) =>
        beginning.AsSpan().TrimEnd().TrimEnd("\u2066\u2067\u2068").TrimEnd() is { Length: > 0 } kept ? $"{kept}…" : "";

    // Links with and without a scheme, hashtags, mentions and mail addresses, up to the next space.
    [GeneratedRegex(@"(?:https?://|www\.|[#＃])\S*|[a-z0-9._%+-]{0,64}[@＠]\S*|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+(?:[/:?#]\S*)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WhatBelongsTogether();
}
