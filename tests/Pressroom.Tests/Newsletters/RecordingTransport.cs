using System.Collections.Concurrent;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters;

/// <summary>A provider that remembers what it took over, and can misbehave. It keeps what it has through the host's restarts.</summary>
internal sealed class RecordingTransport : IMailTransport
{
    private readonly ConcurrentDictionary<string, bool> written = new();

    public int MostRecipients { get; init; } = 1_000;

    public bool RepeatsSafely { get; init; }

    /// <summary>Sends one by one, and tells of each.</summary>
    public bool Reports { get; init; }

    /// <summary>What happens at a call, by its number from 1; null for what usually does.</summary>
    public Func<int, MailBatch, CancellationToken, Task<MailOutcome?>> OnCall { get; set; } = (_, _, _) => Task.FromResult<MailOutcome?>(null);

    /// <summary>What happens before a recipient of a transport that sends one by one, by the number from 1.</summary>
    public Action<int> OnRecipient { get; set; } = _ => { };

    public ConcurrentQueue<MailBatch> Calls { get; } = new();

    /// <summary>Every mail that was taken over.</summary>
    public ConcurrentQueue<(MailBatch Batch, MailRecipient Recipient)> Mails { get; } = new();

    public IReadOnlyList<string> Addresses => [.. Mails.Select(mail => mail.Recipient.Address.Value)];

    public async Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation)
    {
        Assert.InRange(batch.Recipients.Count, 1, MostRecipients);
        Assert.Equal(batch.Recipients.Count, batch.Recipients.Select(recipient => recipient.Address.Normalized).Distinct().Count());
        Calls.Enqueue(batch);
        if (await OnCall(Calls.Count, batch, cancellation) is { } outcome)
        {
            return outcome;
        }

        if (!Reports)
        {
            TakeOver(batch);
            return new MailOutcome.Accepted("message-" + batch.Id, []);
        }

        for (var i = 0; i < batch.Recipients.Count; i++)
        {
            await report(new MailProgress(i, IsSending: true));
            OnRecipient(Mails.Count + 1);
            Mails.Enqueue((batch, batch.Recipients[i]));
            await report(new MailProgress(i + 1, IsSending: false));
        }

        return new MailOutcome.Accepted(null, []);
    }

    public void TakeOver(MailBatch batch)
    {
        foreach (var recipient in batch.Recipients)
        {
            // What repeats safely writes the same mail in its own place.
            if (!RepeatsSafely || written.TryAdd(batch.Id + "/" + recipient.Id, true))
            {
                Mails.Enqueue((batch, recipient));
            }
        }
    }
}

/// <summary>The process is gone at this moment.</summary>
internal sealed class Killed() : Exception("kill -9");
