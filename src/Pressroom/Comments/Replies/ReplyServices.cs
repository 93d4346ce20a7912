using Microsoft.Extensions.DependencyInjection;
using Pressroom.Newsletters.Mail;
using Pressroom.People;

namespace Pressroom.Comments.Replies;

/// <summary>The services that tell of replies.</summary>
public static class ReplyServices
{
    /// <summary>Adds them. They need besides: comments' own services, the newsletters' services with their
    /// <see cref="Newsletters.Mail.IMailTransport"/>, <see cref="Articles.ArticleStore"/> and <see cref="Access.SignedLinks"/>.</summary>
    public static IServiceCollection AddReplyNotices(this IServiceCollection services)
    {
        services.AddSingleton<ReplyPeople>();
        services.AddSingleton<ReplyWatches>();
        services.AddSingleton<ReplyLinks>();
        services.AddSingleton<ReplyNotices>();
        services.AddSingleton<ManageReplyNotices>();
        services.AddSingleton<SendReplyNotice>();
        services.AddSingleton<TellOfReplies>();
        services.AddSingleton<ICommentDecided>(provider => provider.GetRequiredService<TellOfReplies>());
        services.AddSingleton<IPersonalData>(provider => provider.GetRequiredService<TellOfReplies>());
        services.AddSingleton<IMailUnwanted>(provider => provider.GetRequiredService<ReplyNotices>());
        return services;
    }
}
