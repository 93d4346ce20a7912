namespace Pressroom.Comments.Spam;

/// <summary>Judges by the form's timed token: without script there is none, which says little; a wrong one says more.</summary>
internal sealed class FormTokenRule : ISpamSignal
{
    private const string Signal = "form";

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<SpamFinding>>(comment.Form switch
    {
        FormToken.Missing => [new SpamFinding(Signal, 0.5, "The form had no token, as without script.")],
        FormToken.Wrong => [new SpamFinding(Signal, 2, "The form's token was forged, of another article, too old, or younger than anybody types.")],
        _ => [],
    });
}
