using Microsoft.Extensions.DependencyInjection;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Newsletters.Writing;

namespace Pressroom.Newsletters;

/// <summary>The services of subscribers and newsletters.</summary>
public static class NewsletterServices
{
    /// <summary>Adds them. They need besides: <see cref="Mail.IMailTransport"/>, <see cref="MailSettings"/>, <see cref="NewsletterSettings"/>,
    /// <see cref="Access.SignedLinks"/> and <see cref="Deliveries.HostIdentity"/>.</summary>
    public static IServiceCollection AddNewsletters(this IServiceCollection services)
    {
        services.AddSingleton<SubscriberIds>();
        services.AddSingleton<SubscriberStore>();
        services.AddSingleton<SubscriberLinks>();
        services.AddSingleton<OfferedTopics>();
        services.AddSingleton<Subscribe>();
        services.AddSingleton<AnswerSignup>();
        services.AddSingleton<ConfirmSubscription>();
        services.AddSingleton<ManageSubscription>();
        services.AddSingleton<ImportSubscribers>();
        services.AddSingleton<ExportSubscribers>();
        services.AddSingleton<ListSubscribers>();
        services.AddSingleton<ForgetSubscribers>();
        services.AddSingleton<ComposeMail>();
        services.AddSingleton<NewsletterStore>();
        services.AddSingleton<StartNewsletter>();
        services.AddSingleton<StartArticleIssue>();
        services.AddSingleton<SendDigests>();
        services.AddSingleton<SendLetter>();
        services.AddSingleton<SendNewsletter>();
        services.AddSingleton<FinishNewsletter>();
        services.AddSingleton<ControlNewsletter>();
        services.AddSingleton<CountEvents>();
        services.AddSingleton<ReceiveEvents>();
        services.AddSingleton<ForgetIssues>();
        return services;
    }
}
