namespace Pressroom.Announcements;

/// <summary>A channel whose reasons never quote a setting of its own: networks repeat tokens and addresses in their complaints, and editors
/// and the ledger need not see them.</summary>
internal sealed class DiscreetChannel(IChannel channel, ChannelSettings settings) : IChannel
{
    // What is shorter would be found in many an innocent word.
    private const int ShortestSecret = 6;

    private readonly IReadOnlyList<string> secrets =
        [.. settings.Own.Where(value => value.Length >= ShortestSecret).OrderByDescending(value => value.Length)];

    public string Name => channel.Name;

    public string Kind => channel.Kind;

    public ProofFile? Proof => channel.Proof;

    public bool CanSettle => channel.CanSettle;

    public bool TellsOfEveryChange => channel.TellsOfEveryChange;

    public ComposedPost Compose(Announcement announcement) => channel.Compose(announcement);

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation) => Discreet(await channel.SendAsync(attempt, cancellation));

    public async Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => Discreet(await channel.ResumeAsync(attempt, cancellation));

    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation) =>
        Discreet(await channel.EditAsync(post, now, cancellation));

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => Discreet(await channel.DeleteAsync(post, cancellation));

    private SendOutcome Discreet(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Sent { Note: { } note } sent => sent with { Note = Without(note) },
        SendOutcome.Refused refused => refused with { Reason = Without(refused.Reason) },
        SendOutcome.TryLater later => later with { Reason = Without(later.Reason) },
        SendOutcome.Unknown unknown => unknown with { Reason = Without(unknown.Reason) },
        _ => outcome,
    };

    private ChangeOutcome Discreet(ChangeOutcome outcome) => outcome switch
    {
        ChangeOutcome.Refused refused => refused with { Reason = Without(refused.Reason) },
        ChangeOutcome.TryLater later => later with { Reason = Without(later.Reason) },
        _ => outcome,
    };

    private string Without(string reason) =>
        secrets.Aggregate(reason, (words, secret) => words.Replace(secret, "…", StringComparison.OrdinalIgnoreCase));
}
