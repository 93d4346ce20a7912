using Microsoft.Extensions.Hosting;
using Pressroom.Announcements;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;

namespace Pressroom;

/// <summary>Makes at start whatever reads settings of its own, so that a wrong one stops the start and not the first article.</summary>
/// <exception cref="SettingException">A channel's or the mail's settings are wrong.</exception>
internal sealed class CheckAtStart : IHostedService
{
    public CheckAtStart(Channels channels, IMailTransport mail, ReceiveEvents events)
    {
        // Making them was the check.
        _ = (channels, mail, events);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
