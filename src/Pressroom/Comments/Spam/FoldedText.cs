using System.Buffers;
using System.Text;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>Where in a text a word stands.</summary>
internal enum WordPlace
{
    /// <summary>In the text.</summary>
    Text,

    /// <summary>A link's host, whole and without <c>www.</c></summary>
    Host,

    /// <summary>In the rest of a link.</summary>
    Link,

    /// <summary>In an e-mail address.</summary>
    Address,

    /// <summary>Put together from letters that stood apart: <c>c.a.s.i.n.o</c>.</summary>
    Joined,
}

/// <summary>A word of a <see cref="FoldedText"/>.</summary>
/// <param name="Start">Where it begins in <see cref="FoldedText.Text"/>.</param>
/// <param name="Length">How many characters it has there.</param>
/// <param name="Place">Where it stood.</param>
/// <param name="IsDecoded">Whether digits or letters of other scripts stood for letters in it.</param>
internal readonly record struct FoldedWord(int Start, int Length, WordPlace Place, bool IsDecoded)
{
    /// <summary>The first position after it.</summary>
    public int End => Start + Length;
}

/// <summary>A text as spam rules compare it: its words, a blank between two, in compatibility form (NFKD of UAX #15) and lower case, without
/// accents, vowel points and invisible characters, and with letters in place of what was made to look like them.</summary>
internal sealed class FoldedText
{
    private const int FewestLettersApart = 4;
    private static readonly SearchValues<char> Signs = SearchValues.Create("013457@$");

    private readonly char[] buffer;
    private readonly List<FoldedWord> words;
    private readonly int[] scripts = new int[ScriptSet.Size];
    private int length;
    private int wordStart;

    private FoldedText(int mostChars)
    {
        buffer = new char[mostChars];
        words = new List<FoldedWord>(Math.Min((mostChars / 8) + 4, 4_096));
    }

    /// <summary>The words, a blank between two.</summary>
    public ReadOnlySpan<char> Text => buffer.AsSpan(0, length);

    /// <summary>Its words in their order; the joined ones come last.</summary>
    public IReadOnlyList<FoldedWord> Words => words;

    /// <summary>Whether invisible characters stood between letters that need none.</summary>
    public bool HasHidden { get; private set; }

    /// <summary>Whether a word was written in the letters of several scripts.</summary>
    public bool HasMixed { get; private set; }

    /// <summary>How many letters there are, outside of links and addresses.</summary>
    public int Letters { get; private set; }

    /// <summary>How many of the letters are of a script.</summary>
    public int LettersOf(Script script) => scripts[(int)script];

    /// <summary>The characters of a word.</summary>
    public ReadOnlySpan<char> this[FoldedWord word] => buffer.AsSpan(word.Start, word.Length);

    /// <summary>Folds any text; what is no Unicode is passed over.</summary>
    public static FoldedText Of(string text)
    {
        var source = text.Normalized(NormalizationForm.FormKD);
        var folded = new FoldedText((2 * source.Length) + 2);
        folded.ReadChunks(source);
        return folded;
    }

    private void ReadChunks(ReadOnlySpan<char> source)
    {
        while (!source.IsEmpty)
        {
            var end = 0;
            while (end < source.Length && !char.IsWhiteSpace(source[end]))
            {
                end++;
            }

            ReadChunk(source[..end]);
            source = source[Math.Min(end + 1, source.Length)..];
        }

        JoinLettersApart();
    }

    private void ReadChunk(ReadOnlySpan<char> chunk)
    {
        while (!chunk.IsEmpty)
        {
            var (start, hostStart) = FindLink(chunk);
            ReadWords(chunk[..start], IsAddress(chunk[..start]) ? WordPlace.Address : WordPlace.Text);
            if (start == chunk.Length)
            {
                return;
            }

            var link = chunk[hostStart..];
            link = link[..LengthUntil(link, "<>[](){}\"'")];
            ReadLink(link);
            chunk = chunk[(hostStart + link.Length)..];
        }
    }

    // Where the first link of the chunk begins, and where its host does; the chunk's end where there is none.
    private static (int Start, int HostStart) FindLink(ReadOnlySpan<char> chunk)
    {
        var colon = chunk.IndexOf("://");
        if (colon >= 0)
        {
            var start = colon;
            while (start > 0 && char.IsAsciiLetter(chunk[start - 1]))
            {
                start--;
            }

            return (start, colon + 3);
        }

        var www = chunk.IndexOf("www.", StringComparison.OrdinalIgnoreCase);
        return www >= 0 && (www == 0 || !char.IsLetterOrDigit(chunk[www - 1])) ? (www, www) : (chunk.Length, chunk.Length);
    }

    private void ReadLink(ReadOnlySpan<char> link)
    {
        var authority = link[..LengthUntil(link, "/?#\\")];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        host = host[..LengthUntil(host, ":")].TrimEnd('.');
        host = host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host;
        BeginWord();
        foreach (var c in host)
        {
            if (char.IsLetterOrDigit(c) || c is '.' or '-')
            {
                buffer[length++] = char.ToLowerInvariant(c);
            }
        }

        EndWord(WordPlace.Host, isDecoded: false);
        ReadWords(link[authority.Length..], WordPlace.Link);
    }

    private static bool IsAddress(ReadOnlySpan<char> chunk)
    {
        var at = chunk.IndexOf('@');
        return at > 0 && at < chunk.Length - 1 && char.IsLetterOrDigit(chunk[at - 1]) && chunk[at..].TrimEnd(".,;:!?").Contains('.');
    }

    private static int LengthUntil(ReadOnlySpan<char> text, ReadOnlySpan<char> stops) => text.IndexOfAny(stops) is >= 0 and var stop ? stop : text.Length;

    private void ReadWords(ReadOnlySpan<char> chunk, WordPlace place)
    {
        var word = new WordSoFar();
        var before = Rune.ReplacementChar;
        for (var position = 0; position < chunk.Length;)
        {
            Rune.DecodeFromUtf16(chunk[position..], out var rune, out var used);
            position += used;
            if (Glyphs.IsDropped(rune))
            {
                HasHidden |= Glyphs.IsInvisible(rune) && Glyphs.IsOfSimpleScript(before) && Glyphs.IsOfSimpleScript(Next(chunk, position));
                continue;
            }

            if (Rune.IsLetterOrDigit(rune) || Glyphs.IsMark(rune) || (place is WordPlace.Text && rune.Value is '@' or '$' && Rune.IsLetter(before) && Rune.IsLetter(Next(chunk, position))))
            {
                if (word.IsEmpty)
                {
                    BeginWord();
                }

                Add(rune, place, ref word);
            }
            else if (!word.IsEmpty)
            {
                End(place, ref word);
            }

            before = rune;
        }

        if (!word.IsEmpty)
        {
            End(place, ref word);
        }
    }

    private void Add(Rune rune, WordPlace place, ref WordSoFar word)
    {
        var lower = Rune.ToLowerInvariant(rune);
        length += lower.EncodeToUtf16(buffer.AsSpan(length));
        word.Runes++;
        if (Rune.IsLetter(rune))
        {
            var script = ScriptSet.Of(rune);
            word.Letters++;
            word.HasLatin |= script is Script.Latin;
            word.HasOther |= script is Script.Cyrillic or Script.Greek;
            if (place is WordPlace.Text)
            {
                Letters++;
                scripts[(int)script]++;
            }
        }
        else
        {
            word.HasSigns |= rune.IsAscii && Signs.Contains((char)rune.Value);
        }
    }

    private void End(WordPlace place, ref WordSoFar word)
    {
        var isDecoded = false;
        if (word is { HasLatin: true, HasOther: true })
        {
            HasMixed = true;
            isDecoded = true;
            foreach (ref var letter in buffer.AsSpan(wordStart, length - wordStart))
            {
                letter = Glyphs.LookAlike(letter);
            }
        }

        if (word is { HasSigns: true, Letters: >= 2 })
        {
            isDecoded |= ReadSigns(buffer.AsSpan(wordStart, length - wordStart));
        }

        EndWord(place, isDecoded);
        word = default;
    }

    // mp3 and 3rd stay what they are: at least one sign has to be between letters.
    private static bool ReadSigns(Span<char> word)
    {
        var (first, last) = (0, word.Length - 1);
        while (!char.IsLetter(word[first]))
        {
            first++;
        }

        while (!char.IsLetter(word[last]))
        {
            last--;
        }

        if (!word[first..last].ContainsAny(Signs))
        {
            return false;
        }

        foreach (ref var sign in word)
        {
            sign = sign switch
            {
                '0' => 'o',
                '1' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                _ => sign,
            };
        }

        return true;
    }

    private void BeginWord()
    {
        if (length > 0)
        {
            buffer[length++] = ' ';
        }

        wordStart = length;
    }

    private void EndWord(WordPlace place, bool isDecoded)
    {
        if (length == wordStart)
        {
            length = Math.Max(length - 1, 0);
            return;
        }

        words.Add(new FoldedWord(wordStart, length - wordStart, place, isDecoded));
    }

    private void JoinLettersApart()
    {
        var last = words.Count;
        var first = 0;
        while (first < last)
        {
            var after = first;
            while (after < last && words[after] is { Length: 1, Place: WordPlace.Text } word && char.IsLetter(buffer[word.Start]))
            {
                after++;
            }

            if (after - first >= FewestLettersApart)
            {
                BeginWord();
                for (var letter = first; letter < after; letter++)
                {
                    buffer[length++] = buffer[words[letter].Start];
                }

                EndWord(WordPlace.Joined, isDecoded: true);
            }

            first = Math.Max(after, first + 1);
        }
    }

    private static Rune Next(ReadOnlySpan<char> chunk, int position)
    {
        while (position < chunk.Length)
        {
            Rune.DecodeFromUtf16(chunk[position..], out var rune, out var used);
            if (!Glyphs.IsDropped(rune))
            {
                return rune;
            }

            position += used;
        }

        return Rune.ReplacementChar;
    }

    private struct WordSoFar
    {
        public int Runes;
        public int Letters;
        public bool HasLatin;
        public bool HasOther;
        public bool HasSigns;

        public readonly bool IsEmpty => Runes == 0;
    }
}
