using System.Globalization;

namespace Pressroom.Comments.Thread;

/// <summary>Where each of an article's comments is to be read: the newest threads on the article's page, and older ones on pages of their own.</summary>
public sealed class CommentPlaces
{
    /// <summary>With so many comments the article's page shows no further thread.</summary>
    private const int MostOnArticle = CommentThreads.MostBeforeNewThread;

    private readonly Dictionary<CommentId, int> pages;

    /// <summary>Arranges the approved comments of an article.</summary>
    public CommentPlaces(IReadOnlyList<PublishedComment> comments)
    {
        Count = comments.Count;
        Threads = CommentThreads.Build(comments);
        OnArticle = NewestOf(Threads);

        // A page of which the article's shows all has no file. Those before it have one for good: what is newer never takes less room.
        Pages = OnArticle.Count == Threads.Count ? 0 : Threads[OnArticle.Count].Page;
        pages = Threads.SelectMany(thread => thread.First.AndReplies.Select(comment => (comment.Comment.Id, thread.Page)))
            .ToDictionary(place => place.Id, place => place.Page);
    }

    /// <summary>How many comments there are.</summary>
    public int Count { get; }

    /// <summary>All threads, the newest first.</summary>
    public IReadOnlyList<CommentThread> Threads { get; }

    /// <summary>The threads that the article's page shows, the newest first.</summary>
    public IReadOnlyList<CommentThread> OnArticle { get; }

    /// <summary>How many pages of older comments there are.</summary>
    public int Pages { get; }

    /// <summary>The threads of a page of older comments, the newest first.</summary>
    public IEnumerable<CommentThread> OnPage(int number) => Threads.Where(thread => thread.Page == number);

    /// <summary>Whether the comment is there.</summary>
    public bool Contains(CommentId comment) => pages.ContainsKey(comment);

    /// <summary>A comment's permalink below the article's path: <c>2026/11/slug/</c> or <c>2026/11/slug/comments/3/</c>, and its anchor
    /// is <see cref="AnchorOf"/>. Of a comment that is not there, the article's.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="articlePath">The article's path, without slashes at the ends.</param>
    public string PathOf(CommentId comment, string articlePath) =>
        pages.TryGetValue(comment, out var page) && page <= Pages ? PagePath(articlePath, page) : articlePath + "/";

    /// <summary>The id of a comment's element, on any page.</summary>
    public static string AnchorOf(CommentId comment) => $"comment-{comment}";

    /// <summary>The path of a page of older comments.</summary>
    public static string PagePath(string articlePath, int number) => string.Create(CultureInfo.InvariantCulture, $"{articlePath}/comments/{number}/");

    /// <summary>The path of an article's feed of comments.</summary>
    public static string FeedPath(string articlePath) => articlePath + "/comments.xml";

    private static List<CommentThread> NewestOf(IReadOnlyList<CommentThread> threads)
    {
        var (newest, count) = (new List<CommentThread>(), 0);
        foreach (var thread in threads)
        {
            count += thread.Count;
            if (count > MostOnArticle && newest.Count > 0)
            {
                break;
            }

            newest.Add(thread);
        }

        return newest;
    }
}
