using Microsoft.Azure.Functions.Worker;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Functions.Newsletters;

/// <summary>What an install without accounts forgets in time.</summary>
public sealed class OutboxFunctions(ForgetOutbox forget)
{
    /// <summary>Every night: mails and announcements that have been in the outbox for thirty days.</summary>
    [Function("ForgetOutbox")]
    public void Forget([TimerTrigger("0 43 4 * * *")] TimerInfo timer) => forget.Run();
}
