using Pressroom.Articles;

namespace Pressroom.Comments.Spam;

/// <summary>All that a submitted comment can be judged by.</summary>
/// <param name="Comment">The comment.</param>
/// <param name="Article">The article.</param>
/// <param name="ArticleLanguage">Its language.</param>
/// <param name="ArticleUrl">Its public address.</param>
/// <param name="Name">The author's name, one line.</param>
/// <param name="Email">The author's address, for services that judge by it; it goes into no finding.</param>
/// <param name="Text">The text as typed.</param>
/// <param name="Links">The addresses that it links to.</param>
/// <param name="Language">The language it is probably written in.</param>
/// <param name="RemoteAddress">Where it came from, for services that judge by it; it goes into no finding. Null where it is not known any more.</param>
/// <param name="UserAgent">The client's name for itself.</param>
/// <param name="Form">What the form's timed token said.</param>
/// <param name="SubmittedAt">When it was sent.</param>
public sealed record SpamCase(
    CommentId Comment, ArticleId Article, Language ArticleLanguage, string ArticleUrl, string Name, string Email, string Text,
    IReadOnlyList<string> Links, Language Language, string? RemoteAddress, string? UserAgent, FormToken Form, DateTimeOffset SubmittedAt);

/// <summary>What the form's timed token said. A page without script has none, which only lowers trust.</summary>
public enum FormToken
{
    /// <summary>There was none.</summary>
    Missing,

    /// <summary>It was forged, for another article, too old, or younger than anybody types.</summary>
    Wrong,

    /// <summary>It was of the right age.</summary>
    Fits,
}

/// <summary>One signal of the score: looks at a comment and says what speaks for or against it.</summary>
/// <remarks>A new signal is a class that is registered; nothing else knows of it.</remarks>
public interface ISpamSignal
{
    /// <summary>Whether it asks another service: it is then asked after the comment is accepted, and never keeps its author waiting.</summary>
    bool IsRemote { get; }

    /// <summary>What it finds; nothing where nothing speaks for or against.</summary>
    /// <returns>Findings. An outage of a service is a finding with <see cref="SpamFinding.Doubt"/>: the comment is held for a person.</returns>
    Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation);
}

/// <summary>One reason of a score.</summary>
/// <param name="Signal">Which signal found it, in a word: <c>links</c>, <c>bayes</c>, <c>akismet</c>, …</param>
/// <param name="Points">How much it speaks for spam; below zero, against. <see cref="SpamScore.SpamFrom"/> in all is spam.</param>
/// <param name="Reason">A sentence for moderators.</param>
/// <param name="Doubt">Whether a person should look, whatever the points are.</param>
public sealed record SpamFinding(string Signal, double Points, string Reason, bool Doubt = false);

/// <summary>What all signals said of a comment.</summary>
public sealed record SpamScore(IReadOnlyList<SpamFinding> Findings)
{
    /// <summary>From so many points on, a comment is taken for spam.</summary>
    public const double SpamFrom = 5;

    /// <summary>From so many points on, a person should look.</summary>
    public const double DoubtFrom = 2;

    /// <summary>The findings' points in all.</summary>
    public double Points => Findings.Sum(finding => finding.Points);

    /// <summary>Whether it is taken for spam.</summary>
    public bool IsSpam => Points >= SpamFrom;

    /// <summary>Whether it may be published without a person having looked, where the newsroom allows that.</summary>
    public bool IsClean => Points < DoubtFrom && !Findings.Any(finding => finding.Doubt);

    /// <summary>This and more findings.</summary>
    public SpamScore With(IReadOnlyList<SpamFinding> more) => new([.. Findings, .. more]);
}
