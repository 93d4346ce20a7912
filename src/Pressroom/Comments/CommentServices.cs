using Microsoft.Extensions.DependencyInjection;
using Pressroom.Articles;
using Pressroom.People;

namespace Pressroom.Comments;

/// <summary>The services of comments.</summary>
public static class CommentServices
{
    /// <summary>Adds them. They need besides: <see cref="CommentSettings"/>, those of articles and newsletters, and any number of
    /// <see cref="Spam.ISpamSignal"/> and <see cref="ICommentDecided"/>.</summary>
    public static IServiceCollection AddComments(this IServiceCollection services)
    {
        services.AddSingleton<CommentStore>();
        services.AddSingleton<PublishedComments>();
        services.AddSingleton<CommentQueue>();
        services.AddSingleton<Commenters>();
        services.AddSingleton<CommentOrigins>();
        services.AddSingleton<CommentBans>();
        services.AddSingleton<CommentLinks>();
        services.AddSingleton<JudgeComment>();
        services.AddSingleton<SettleComment>();
        services.AddSingleton<SubmitComment>();
        services.AddSingleton<MailModerators>();
        services.AddSingleton<AskCommenter>();
        services.AddSingleton<ReviewComment>();
        services.AddSingleton<ModerateComment>();
        services.AddSingleton<CloseComments>();
        services.AddSingleton<ConfirmCommenter>();
        services.AddSingleton<ListComments>();
        services.AddSingleton<ForgetSpam>();
        services.AddSingleton<IArticleTrace, CommentTraces>();
        services.AddSingleton<IPersonalData, SubscriberData>();
        services.AddSingleton<IPersonalData, CommenterData>();
        return services;
    }
}
