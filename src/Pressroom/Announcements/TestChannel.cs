using Pressroom.Articles;
using Pressroom.Site.Feeds;
using Pressroom.Site.Lists;

namespace Pressroom.Announcements;

/// <summary>Sends one post that says it is a test, so that an operator sees at once whether a channel's settings are right.</summary>
public sealed class TestChannel(SiteSettings site, TimeProvider time)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>Sends it, going through all steps that the network wants, for at most a minute. It is in no ledger, and sent once for each call.</summary>
    public async Task<TestOutcome> RunAsync(IChannel channel, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var post = channel.Compose(new Announcement(
            ArticleId.New(time), $"Test of {site.Title}", "If you can read this, the channel works.", site.Absolute(""), Language.Parse("en"), [],
            null, null, now, site.Title, site.Absolute(FeedModel.AtomPath(ListKey.Home))));
        var attempt = new Attempt(ArticleId.New(time), post.Payload, null, 1, now, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AtMost);
        try
        {
            while (true)
            {
                switch (await channel.SendAsync(attempt, limit.Token))
                {
                    case SendOutcome.Sent sent:
                        return new TestOutcome("sent", post.Text, sent.RemoteUrl, sent.Note);
                    case SendOutcome.Refused refused:
                        return new TestOutcome("failed", post.Text, null, refused.Reason);
                    case SendOutcome.TryLater later:
                        return new TestOutcome("failed", post.Text, null, later.Reason);
                    case SendOutcome.Unknown unknown:
                        return new TestOutcome("unknown", post.Text, null, unknown.Reason);
                    case SendOutcome.Progressed progressed:
                        await Task.Delay(progressed.After > ShortestPause ? progressed.After : ShortestPause, limit.Token);
                        attempt = attempt with { Progress = progressed.Progress };
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new TestOutcome("unknown", post.Text, null, "It was not done within a minute.");
        }
    }
}

/// <summary>How a test ended: <c>sent</c>, <c>failed</c> or <c>unknown</c>, in the words of the ledger.</summary>
public sealed record TestOutcome(string State, string Text, string? RemoteUrl, string? Reason);
