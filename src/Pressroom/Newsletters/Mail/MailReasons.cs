using System.Text.RegularExpressions;

namespace Pressroom.Newsletters.Mail;

/// <summary>Makes what a provider wrote fit to be kept and shown.</summary>
internal static partial class MailReasons
{
    private const int MostCharacters = 300;

    /// <summary>The text in one line of at most 300 characters, with three dots for each address.</summary>
    public static string WithoutAddresses(string text)
    {
        var line = MailHeaders.OneLine(Address().Replace(text, "…"));
        if (line.Length <= MostCharacters)
        {
            return line;
        }

        var room = MostCharacters - 1;
        return string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[room - 1]) ? room - 1 : room), "…");
    }

    // Greedy on purpose: all that touches an at sign goes, since quoted and internationalised addresses have no simple end.
    [GeneratedRegex(
        @"[^\s<>\[\]()]*(?:@|%40|=40)[^\s<>\[\]()]*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
