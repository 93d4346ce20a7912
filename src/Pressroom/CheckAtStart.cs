using Microsoft.Extensions.Hosting;
using Pressroom.Announcements;
using Pressroom.Newsletters.Mail;

namespace Pressroom;

/// <summary>Makes at start whatever reads settings of its own, so that a wrong one stops the start and not the first article.</summary>
/// <exception cref="SettingException">A channel's or the mail's settings are wrong.</exception>
internal sealed class CheckAtStart(Channels channels, IMailTransport mail) : IHostedService
{
    /// <summary>What was made.</summary>
    public (Channels Channels, IMailTransport Mail) Made => (channels, mail);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
