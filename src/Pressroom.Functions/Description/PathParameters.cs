namespace Pressroom.Functions.Description;

/// <summary>What the variable parts of addresses mean, by the part before them: an <c>{id}</c> behind <c>articles</c> is an article's.</summary>
internal static class PathParameters
{
    private static readonly Dictionary<string, (string Meaning, string Example)> Known = new(StringComparer.Ordinal)
    {
        ["articles/{id}"] = ("The article's id.", Samples.ArticleId),
        ["revisions/{revision}"] = ("The revision's number.", "3"),
        ["deliveries/{delivery}"] = ("The delivery's id: its channel's name.", "mastodon"),
        ["authors/{author}"] = ("The author's key: a name as addresses have it, in letters, digits and single dashes.", "amina-ben-salah"),
        ["media/{id}"] = ("The picture's id.", Samples.PictureId),
        ["backup/{id}"] = ("The import's id.", Samples.ImportId),
        ["channels/{name}"] = ("The channel's name in the settings.", "mastodon"),
        ["poison/{id}"] = ("The message's id.", Samples.PoisonId),
        ["newsletters/{id}"] = ("The issue's id.", Samples.NewsletterId),
        ["batches/{batch}"] = ("The batch's id.", Samples.BatchId),
        ["subscribers/{id}"] = ("The subscriber's id.", Samples.SubscriberId),
        ["comments/{id}"] = ("The comment's id.", Samples.CommentId),
        ["bans/{id}"] = ("The ban's id.", Samples.BanId),
        ["tokens/{id}"] = ("The token's id.", Samples.TokenId),
        ["docs/{file}"] = ("The file's name.", "scalar.js"),
    };

    /// <exception cref="InvalidOperationException">Nothing is said of it.</exception>
    public static (string Meaning, string Example) Of(string segmentBefore, string name) =>
        Known.TryGetValue($"{segmentBefore}/{{{name}}}", out var known)
            ? known
            : throw new InvalidOperationException($"Nothing says what '{segmentBefore}/{{{name}}}' is: add it to {nameof(PathParameters)}.");
}

/// <summary>Ids as they look, for examples.</summary>
internal static class Samples
{
    public const string ArticleId = "0193574bf0c87a2e9d3f00000000000a";
    public const string PictureId = "3f9a0c5f2b117a52d0c14a7e6f1b7c1e";
    public const string ImportId = "0193574bf0c87a2e9d3f00000000000f";
    public const string CommentId = "0193574bf0c87a2e9d3f00000000000c";
    public const string BanId = "0193574bf0c87a2e9d3f00000000000b";
    public const string TokenId = "0193574bf0c87a2e9d3f00000000000d";
    public const string SubscriberId = "5d0c3f1e8a7b4c2d9e6f1a2b3c4d5e6f";
    public const string NewsletterId = "letter-0193574bf0c87a2e9d3f00000000000e";
    public const string BatchId = "00-00001";
    public const string PoisonId = "8f14e45fceea167a5a36dedd4bea2543";
    public const string Cursor = "MDE5MzU3NGJmMGM4N2EyZTlkM2YwMDAwMDAwMDAwMGE";
    public const string SignedToken = "c2lnbmVk.MTc2NDAwMDAwMA.b2YtbGlua3M";

    public static readonly DateTimeOffset Morning = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);
}
