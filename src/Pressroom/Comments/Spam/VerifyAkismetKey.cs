using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pressroom.Comments.Spam;

/// <summary>Asks once after the start whether Akismet's key is good, and warns where it is not; nothing waits for it.</summary>
internal sealed partial class VerifyAkismetKey(Akismet akismet, ILogger<VerifyAkismetKey> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await akismet.IsKeyValidAsync(stoppingToken) is false)
        {
            LogInvalid();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Akismet does not know the key in Akismet__Key: every comment will be held.")]
    private partial void LogInvalid();
}
