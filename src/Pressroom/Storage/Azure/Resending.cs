using Azure.Core;
using Azure.Core.Pipeline;

namespace Pressroom.Storage.Azure;

/// <summary>Tells whether the SDK sent a request more than once, so that a condition may have failed on our own first try.</summary>
internal sealed class Resending
{
    private static readonly AsyncLocal<Resending?> Watched = new();

    private bool happened;

    /// <summary>Whether it did, in a call that was made after <see cref="Watch"/>.</summary>
    public bool Happened => Volatile.Read(ref happened);

    /// <summary>Watches the calls that the calling method makes from here on.</summary>
    public static Resending Watch() => Watched.Value = new Resending();

    public sealed class Policy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.ProcessingContext.RetryNumber > 0 && Watched.Value is { } watched)
            {
                Volatile.Write(ref watched.happened, true);
            }
        }
    }
}
