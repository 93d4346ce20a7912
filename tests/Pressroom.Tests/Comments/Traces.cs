using Pressroom.Comments;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Comments;

/// <summary>Where a comment or its author is still to be found.</summary>
internal static class Traces
{
    public static async Task<IReadOnlyList<string>> OfAsync(CommentDesk desk, CommentId id, string email)
    {
        var stop = TestContext.Current.CancellationToken;
        var found = new List<string>();
        Assert.True(EmailAddress.TryParse(email, out var address));
        var person = await desk.Get<SubscriberIds>().OfAsync(address, stop);
        if (await desk.Get<Commenters>().FindAsync(person, stop) is not null)
        {
            found.Add("person");
        }

        if (await desk.Get<Commenters>().CommentsAsync(person, stop).AnyAsync(comment => comment.Id == id, stop))
        {
            found.Add("person's comment");
        }

        if (await desk.Get<CommentOrigins>().FindAsync(id, stop) is not null)
        {
            found.Add("origin");
        }

        if (await desk.Get<CommentQueue>().FindArticleAsync(id, stop) is not null)
        {
            found.Add("id");
        }

        foreach (var status in Enum.GetValues<CommentStatus>())
        {
            if ((await desk.ListedAsync(status)).Contains(id.Value))
            {
                found.Add(status.ToString());
            }
        }

        return found;
    }
}
