using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Pressroom.Announcements.Text;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>What a token is made of.</summary>
internal enum TokenKind
{
    /// <summary>A word of the text.</summary>
    Word,

    /// <summary>Two words beside each other.</summary>
    Pair,

    /// <summary>A word of the author's name.</summary>
    Name,

    /// <summary>The host of a link.</summary>
    Host,

    /// <summary>The last label of a link's host.</summary>
    TopLevel,

    /// <summary>A word of the rest of a link.</summary>
    Link,

    /// <summary>A word whose letters stood apart.</summary>
    Joined,

    /// <summary>A trait of the text as a whole.</summary>
    Mark,
}

/// <summary>One token: its hash, by which it is counted, and where its text is (of a mark: which one it is).</summary>
internal readonly record struct Token(ulong Hash, TokenKind Kind, int Start, int Length);

/// <summary>The tokens of a comment by which the Bayesian filter knows it again: each once.</summary>
/// <remarks>Words in a language without blanks are the pairs of their characters. What the hashes are of may only change together with
/// <see cref="Version"/>: decisions keep them.</remarks>
internal sealed class CommentTokens
{
    /// <summary>The version of the rules by which tokens are made.</summary>
    public const int Version = 1;

    /// <summary>The most that a comment has: with eight bytes each they fit in a column of 32 KiB.</summary>
    public const int Most = 4_000;

    private const int LongestWord = 40;
    private const int LongestNamed = 40;
    private const char FirstWithoutBlanks = '\u0E00'; // the block Thai

    private readonly List<Token> tokens = new(256);
    private readonly List<string> marks = [];
    private readonly FoldedText text;

    private CommentTokens(FoldedText text) => this.text = text;

    /// <summary>The tokens, in the order of their hashes.</summary>
    public ReadOnlySpan<Token> Tokens => CollectionsMarshal.AsSpan(tokens);

    /// <summary>Takes a comment apart.</summary>
    public static CommentTokens Of(string name, string text)
    {
        var found = new CommentTokens(FoldedText.Of(text));
        found.AddMarks();
        found.AddName(FoldedText.Of(name));
        found.AddWords();
        found.Distinguish();
        return found;
    }

    /// <summary>A token as moderators are told of it; the name is not repeated, as it can be erased.</summary>
    public string Describe(Token token) => token.Kind switch
    {
        TokenKind.Word or TokenKind.Joined or TokenKind.Pair => $"“{TextOf(token)}”",
        TokenKind.Host => $"links to {TextOf(token)}",
        TokenKind.TopLevel => $"links to .{TextOf(token)}",
        TokenKind.Link => $"“{TextOf(token)}” in a link",
        TokenKind.Name => "a word of the name",
        _ => marks[token.Start],
    };

    /// <summary>The hashes alone.</summary>
    public ulong[] Hashes() => tokens.ConvertAll(token => token.Hash).ToArray();

    private string TextOf(Token token) => Cutting.Fit(text.Text.Slice(token.Start, token.Length).ToString(), LongestNamed, Counting.Utf16Units);

    private void AddWords()
    {
        var before = default(FoldedWord);
        var hashBefore = 0UL;
        foreach (var word in text.Words.TakeWhile(_ => tokens.Count < Most))
        {
            var kind = KindOf(word.Place);
            if (kind is TokenKind.Word && IsWithoutBlanks(text[word]))
            {
                AddCharacterPairs(word);
                kind = null;
            }

            if (kind is null)
            {
                before = default;
                continue;
            }

            var hash = HashOf(kind.Value, text[word]);
            Add(hash, kind.Value, word.Start, word.Length);
            if (kind is TokenKind.Host)
            {
                AddTopLevel(word);
            }

            if (kind is TokenKind.Word && before.Length > 0)
            {
                Add(Combine(hashBefore, hash), TokenKind.Pair, before.Start, word.End - before.Start);
            }

            (before, hashBefore) = kind is TokenKind.Word ? (word, hash) : default;
        }
    }

    private static TokenKind? KindOf(WordPlace place) => place switch
    {
        WordPlace.Text => TokenKind.Word,
        WordPlace.Host => TokenKind.Host,
        WordPlace.Link => TokenKind.Link,
        WordPlace.Joined => TokenKind.Joined,
        _ => null,
    };

    private void AddCharacterPairs(FoldedWord word)
    {
        for (var start = word.Start; start < word.End && tokens.Count < Most; start++)
        {
            var length = Math.Min(2, word.End - start);
            if (length == 2 || word.Length == 1)
            {
                Add(HashOf(TokenKind.Word, text.Text.Slice(start, length)), TokenKind.Word, start, length);
            }
        }
    }

    private void AddTopLevel(FoldedWord host)
    {
        var dot = text[host].LastIndexOf('.');
        if (dot >= 0 && dot < host.Length - 1)
        {
            var label = text[host][(dot + 1)..];
            Add(HashOf(TokenKind.TopLevel, label), TokenKind.TopLevel, host.Start + dot + 1, label.Length);
        }
    }

    private void AddName(FoldedText name)
    {
        foreach (var word in name.Words.Take(8))
        {
            Add(HashOf(TokenKind.Name, name[word]), TokenKind.Name, 0, 0);
        }
    }

    private void AddMarks()
    {
        AddMark(true, text.Words.Count(word => word.Place is WordPlace.Host) switch { 0 => "no link", 1 => "one link", 2 => "two links", _ => "many links" });
        AddMark(text.HasHidden, "hidden characters");
        AddMark(text.HasMixed, "mixed scripts");
        AddMark(text.Words.Any(word => word.Place is WordPlace.Joined), "letters set apart");
        AddMark(text.Words.Any(word => word.Place is WordPlace.Address), "an e-mail address");
        AddMark(text.Words.Count < 5, "very few words");
        foreach (var script in Scripts)
        {
            AddMark(text.LettersOf(script.Key) * 5 >= Math.Max(text.Letters, 1), script.Value);
        }
    }

    private static readonly Dictionary<Script, string> Scripts =
        Enum.GetValues<Script>().Where(script => script is not Script.None).ToDictionary(script => script, script => $"{script} script");

    private void AddMark(bool holds, string mark)
    {
        if (holds)
        {
            Add(HashOf(TokenKind.Mark, mark), TokenKind.Mark, marks.Count, 0);
            marks.Add(mark);
        }
    }

    private void Add(ulong hash, TokenKind kind, int start, int length) => tokens.Add(new Token(hash, kind, start, length));

    private void Distinguish()
    {
        tokens.Sort(static (one, other) => one.Hash.CompareTo(other.Hash));
        var kept = 0;
        foreach (var token in tokens)
        {
            if (kept == 0 || tokens[kept - 1].Hash != token.Hash)
            {
                CollectionsMarshal.AsSpan(tokens)[kept++] = token;
            }
        }

        kept = Math.Min(kept, Most);
        tokens.RemoveRange(kept, tokens.Count - kept);
    }

    // Every number of so many digits is the same word: prices and years would never be met again.
    private static ulong HashOf(TokenKind kind, ReadOnlySpan<char> word)
    {
        if (word.Length > LongestWord && kind is not TokenKind.Mark)
        {
            word = word[..LongestWord];
        }

        if (!word.ContainsAnyExceptInRange('0', '9'))
        {
            word = "0000".AsSpan(0, Math.Min(word.Length, 4));
        }

        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(word), (long)kind);
    }

    private static ulong Combine(ulong first, ulong second) => (ulong.RotateLeft(first, 17) ^ second) * 0x9E3779B97F4A7C15UL;

    private static bool IsWithoutBlanks(ReadOnlySpan<char> word) =>
        word[0] >= FirstWithoutBlanks && !word.ContainsAnyInRange('\uD800', '\uDFFF') && Glyphs.IsWithoutBlanks(ScriptSet.Of(new Rune(word[0])));
}
