namespace Pressroom.Comments.Thread;

/// <summary>A comment with those that answer it.</summary>
/// <param name="Comment">The comment.</param>
/// <param name="Answers">The comment that it answers, where its place does not show that: <see cref="Replies"/> of a comment answer it.</param>
/// <param name="Replies">The oldest first.</param>
public sealed record ThreadedComment(PublishedComment Comment, PublishedComment? Answers, IReadOnlyList<ThreadedComment> Replies)
{
    /// <summary>This comment and all below it, as they are read.</summary>
    public IEnumerable<ThreadedComment> AndReplies => Replies.SelectMany(reply => reply.AndReplies).Prepend(this);
}

/// <summary>A comment that begins something, and all that it led to.</summary>
/// <param name="First">The comment that begins it.</param>
/// <param name="Count">How many comments it has.</param>
/// <param name="Page">The page of comments that it is on, from 1 for the oldest. It does not change while newer comments are added.</param>
public sealed record CommentThread(ThreadedComment First, int Count, int Page);

/// <summary>Arranges an article's comments.</summary>
/// <remarks>Comments are placed in the order of their age, each by nothing but those before it, so what comes later moves none.
/// A comment that answers one of the third level stands beside it and says whom it answers. One whose page is full begins a thread
/// of its own that says the same, so that no page grows without end. One that answers a comment that is not there says nothing.</remarks>
public static class CommentThreads
{
    /// <summary>How many levels a thread has.</summary>
    public const int Levels = 3;

    /// <summary>With so many comments a page takes no new thread.</summary>
    public const int MostBeforeNewThread = 50;

    /// <summary>With so many comments a page takes no more replies.</summary>
    public const int MostOnPage = 150;

    /// <summary>The threads, the newest first.</summary>
    public static IReadOnlyList<CommentThread> Build(IReadOnlyList<PublishedComment> comments)
    {
        var placed = new Dictionary<CommentId, Placed>();
        var threads = new List<Placed>();
        var onPage = new List<int> { 0, 0 }; // by page; there is no page 0
        foreach (var comment in comments.OrderBy(comment => comment.CreatedAt).ThenBy(comment => comment.Id.Value, StringComparer.Ordinal))
        {
            // Only what is placed already can be answered, so there are no circles.
            var parent = comment.ParentId is { } id ? placed.GetValueOrDefault(id) : null;
            Placed place;
            if (parent is not null && onPage[parent.Thread.Page] < MostOnPage)
            {
                var host = parent.Level < Levels ? parent : parent.Host!;
                place = new Placed(comment, host == parent ? null : parent.Comment, host);
                host.Replies.Add(place);
            }
            else
            {
                if (onPage[^1] >= MostBeforeNewThread)
                {
                    onPage.Add(0);
                }

                place = new Placed(comment, parent?.Comment, onPage.Count - 1);
                threads.Add(place);
            }

            placed[comment.Id] = place;
            place.Thread.Count++;
            onPage[place.Thread.Page]++;
        }

        threads.Reverse();
        return [.. threads.Select(thread => new CommentThread(thread.Frozen(), thread.Count, thread.Page))];
    }

    private sealed class Placed
    {
        public Placed(PublishedComment comment, PublishedComment? answers, int page)
        {
            (Comment, Answers, Page, Level) = (comment, answers, page, 1);
            Thread = this;
        }

        public Placed(PublishedComment comment, PublishedComment? answers, Placed host)
        {
            (Comment, Answers, Host, Level) = (comment, answers, host, host.Level + 1);
            Thread = host.Thread;
        }

        public PublishedComment Comment { get; }

        public PublishedComment? Answers { get; }

        public Placed? Host { get; }

        public Placed Thread { get; }

        public int Level { get; }

        public int Page { get; }

        public int Count { get; set; }

        public List<Placed> Replies { get; } = [];

        public ThreadedComment Frozen() => new(Comment, Answers, [.. Replies.Select(reply => reply.Frozen())]);
    }
}
