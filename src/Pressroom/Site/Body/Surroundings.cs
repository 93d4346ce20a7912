using System.Text;
using AngleSharp.Dom;
using Pressroom.Articles;

namespace Pressroom.Site.Body;

/// <summary>The language and direction that text has where nothing of its own says otherwise.</summary>
internal readonly record struct Surroundings(string Language, ScriptSet Scripts, bool IsRightToLeft)
{
    public static Surroundings Of(Language language) => new(language.Tag, ScriptSet.Of(language), language.IsRightToLeft);

    public string Direction => IsRightToLeft ? "rtl" : "ltr";

    /// <summary>Reads an author's <c>lang</c>: a language, or an unknown one (<c>und</c>) whose script may be known. Null for nonsense.</summary>
    public static Surroundings? Read(string? lang)
    {
        if (Articles.Language.TryParse(lang, out var language))
        {
            return Of(language);
        }

        if (lang is "und" || (lang is { Length: 8 } && lang.StartsWith("und-", StringComparison.Ordinal) && lang.Skip(4).All(char.IsAsciiLetter)))
        {
            var script = lang.Length == 8 ? lang[4..] : null;
            return new Surroundings(lang, script is null ? default : ScriptSet.Of("und", script), script is "Arab" or "Hebr");
        }

        return null;
    }

    /// <summary>What text of another script is, seen from here: null where it is at home, and otherwise the article's language
    /// if that is written in the script, or the script's most likely one. An element that contains blocks is foreign only as a
    /// whole; where its blocks differ, each is marked by itself.</summary>
    public Surroundings? Foreign(LetterCount letters, Surroundings article, Func<string> text, bool isContainer = false)
    {
        if (letters.Dominant(isContainer) is not { } script || Scripts.Contains(script))
        {
            return null;
        }

        return article.Scripts.Contains(script)
            ? article
            : new Surroundings(LikelyLanguage.Of(script, text()), ScriptSet.Of(script, script == Script.Kana ? Script.Han : script), LikelyLanguage.IsRightToLeft(script));
    }
}

/// <summary>How many letters of each script a text has.</summary>
internal struct LetterCount
{
    private Counts counts;
    private int letters;
    private int words;
    private Script first;

    /// <summary>Whether there are two words, or as much in a script that does not part words.</summary>
    public readonly bool HasSeveralWords
    {
        get
        {
            var unspaced = 0;
            for (var script = Script.Latin; (int)script < ScriptSet.Size; script++)
            {
                unspaced += ForeignRuns.Unspaced.Contains(script) ? counts[(int)script] : 0;
            }

            return words > 1 || unspaced >= ForeignRuns.LettersOfTwoWords;
        }
    }

    /// <summary>The script that the text is mostly in: that of more than two thirds of its letters, or of more than half with the first
    /// among them; of nine tenths for one that <paramref name="asAWhole"/> must be in it. Null where none is, and for a lone letter:
    /// a formula's α, a vitamin's C.</summary>
    /// <remarks>A Japanese text has more Han than kana, and a Chinese one no kana at all, so some kana makes the Han Japanese.</remarks>
    public readonly Script? Dominant(bool asAWhole = false)
    {
        for (var script = Script.Latin; script < Script.Kana; script++)
        {
            if (IsMost(counts[(int)script], script == first, asAWhole) && (counts[(int)script] > 1 || script == Script.Hangul))
            {
                return script;
            }
        }

        var (kana, han) = (counts[(int)Script.Kana], counts[(int)Script.Han]);
        if (IsMost(kana + han, first is Script.Kana or Script.Han, asAWhole))
        {
            return kana * 12 >= kana + han ? Script.Kana : Script.Han;
        }

        return IsMost(counts[(int)Script.Adlam], first == Script.Adlam, asAWhole) ? Script.Adlam : null;
    }

    public void Add(ReadOnlySpan<char> text, bool isMarked = false)
    {
        var insideWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var script = ScriptSet.Of(rune);
            if (script != Script.None)
            {
                first = letters == 0 ? script : first;
                letters++;
                words += insideWord ? 0 : 1;
                insideWord = true;
                counts[(int)script] += isMarked ? 0 : 1;
            }
            else if (Rune.IsWhiteSpace(rune))
            {
                insideWord = false;
            }
        }
    }

    /// <summary>Adds the text of an element, but no code and no addresses. What has been given a language of its own
    /// counts among the letters, for none of the scripts.</summary>
    public void Add(IElement element, bool isMarked = false)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length; i++)
        {
            AddChild(children[i], isMarked);
        }
    }

    /// <summary>Adds a node within the element that is counted.</summary>
    public void AddChild(INode node, bool isMarked = false)
    {
        switch (node)
        {
            case IText text:
                Add(text.Data, isMarked);
                break;
            case IElement { LocalName: "code" or "pre" or "kbd" or "samp" or "tt" or "var" }:
            case IElement { LocalName: "a" } link when LooksLikeAddress(link.TextContent):
                break;
            case IElement child:
                Add(child, isMarked || child.HasAttribute("lang"));
                break;
            default:
                break;
        }
    }

    /// <summary>Whether a text is an address written out, which is in no language.</summary>
    public static bool LooksLikeAddress(string text) =>
        text.StartsWith("http", StringComparison.Ordinal) || text.StartsWith("www.", StringComparison.Ordinal) || text.Contains('@', StringComparison.Ordinal);

    private readonly bool IsMost(int count, bool isFirst, bool asAWhole) =>
        asAWhole ? count > 0 && count * 10 >= letters * 9 : count * 3 > letters * 2 || (isFirst && count * 2 > letters);

    [System.Runtime.CompilerServices.InlineArray(ScriptSet.Size)]
    private struct Counts
    {
        private int first;
    }
}

/// <summary>A stretch of a text that is in another script than its surroundings.</summary>
internal readonly record struct ForeignRun(int Start, int End, LetterCount Letters);

/// <summary>Finds the runs of two words and more in another script, in the order of the text.</summary>
internal static class ForeignRuns
{
    /// <summary>How many letters count as two words in scripts that do not part words by spaces.</summary>
    public const int LettersOfTwoWords = 4;

    /// <summary>These scripts.</summary>
    public static readonly ScriptSet Unspaced = ScriptSet.Of(Script.Han, Script.Kana, Script.Thai, Script.Lao, Script.Khmer, Script.Myanmar, Script.Tibetan);

    public static List<ForeignRun>? Find(string text, ScriptSet own)
    {
        List<ForeignRun>? runs = null;
        var run = default(Run);
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            var script = ScriptSet.Of(rune);
            if (script == Script.None)
            {
                run.Pass(rune, i + length);
            }
            else if (own.Contains(script))
            {
                run.Close(text, ref runs);
            }
            else
            {
                if (run.Words > 0 && !SameRun(run.Script, script))
                {
                    run.Close(text, ref runs);
                }

                run.Take(script, i, i + length);
            }

            i += length;
        }

        run.Close(text, ref runs);
        return runs;
    }

    private static bool SameRun(Script one, Script other) =>
        one == other || (one is Script.Han or Script.Kana && other is Script.Han or Script.Kana);

    private struct Run
    {
        private int start;
        private int end;
        private int letters;
        private bool insideWord;

        public int Words { get; private set; }

        public Script Script { get; private set; }

        public void Take(Script script, int at, int after)
        {
            if (Words == 0)
            {
                (start, Script, letters) = (at, script, 0);
            }

            Words += insideWord ? 0 : 1;
            insideWord = true;
            letters++;
            end = after;
        }

        // Marks and joiners belong to the letter before them, and some punctuation to the script; the rest waits for another letter.
        public void Pass(Rune rune, int after)
        {
            if (Words == 0)
            {
                return;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                insideWord = false;
            }
            else if (rune.Value is 0x200C or 0x200D or 0x061F or 0x060C or 0x061B or 0x06D4 or 0x0640 or (>= 0x3001 and <= 0x3002)
                || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                end = insideWord ? after : end;
            }
        }

        public void Close(string text, ref List<ForeignRun>? runs)
        {
            if (Words >= 2 || (Words == 1 && letters >= LettersOfTwoWords && Unspaced.Contains(Script)))
            {
                var after = LikelyLanguage.IsRightToLeft(Script) ? WithNumbers(text, end) : end;
                after = WithClosingBracket(text, start, after);
                var count = default(LetterCount);
                count.Add(text.AsSpan(start, after - start));
                (runs ??= []).Add(new ForeignRun(start, after, count));
            }

            this = default;
        }

        // A number that follows right-to-left words is read, and by the bidirectional algorithm shown, as one of them.
        private static int WithNumbers(string text, int end)
        {
            for (var i = end; i < text.Length && (char.IsWhiteSpace(text[i]) || char.IsDigit(text[i]) || text[i] is '.' or ',' or '/' or '%' or '٪'); i++)
            {
                if (char.IsDigit(text[i]) || (text[i] is '%' or '٪' && char.IsDigit(text[i - 1])))
                {
                    end = i + 1;
                }
            }

            return end;
        }

        private static int WithClosingBracket(string text, int start, int end)
        {
            var open = 0;
            foreach (var c in text.AsSpan(start, end - start))
            {
                open += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            }

            return open == 1 && end < text.Length && text[end] is ')' or ']' ? end + 1 : end;
        }
    }
}
