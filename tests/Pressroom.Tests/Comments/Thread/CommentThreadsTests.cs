using Pressroom.Comments;
using Pressroom.Comments.Thread;
using static Pressroom.Tests.Comments.Thread.CommentSamples;

namespace Pressroom.Tests.Comments.Thread;

public sealed class CommentThreadsTests
{
    [Fact]
    public void Threads_are_newest_first_and_oldest_first_within() =>
        Assert.Equal("4; 1(2 3(5)); 0(6)", Tell([Comment(4), Comment(5, 3), Comment(1), Comment(3, 1), Comment(6, 0), Comment(2, 1), Comment(0)]));

    [Fact]
    public void Deeper_replies_stand_on_the_third_level_and_say_whom_they_answer() =>
        Assert.Equal("1(2(3 4>3 5>4 6 7>5))", Tell([Comment(1), Comment(2, 1), Comment(3, 2), Comment(4, 3), Comment(5, 4), Comment(6, 2), Comment(7, 5)]));

    [Fact]
    public void A_reply_to_nobody_who_is_there_is_a_thread_of_its_own_and_claims_nothing() => Assert.Equal("3(4); 1", Tell([Comment(1), Comment(3, 2), Comment(4, 3)]));

    [Fact]
    public void Circles_and_answers_to_what_comes_later_are_taken_apart() =>
        Assert.Equal("8(7); 6; 4; 1(2(3))", Tell([Comment(1, 3), Comment(2, 1), Comment(3, 2), Comment(4, 4), Comment(6, 7), Comment(8), Comment(7, 8) with { CreatedAt = Comment(9).CreatedAt }]));

    [Fact]
    public void Of_the_same_moment_ids_tell_the_order()
    {
        var first = Comment(1);
        Assert.Equal("3; 2; 1", Tell([Comment(3) with { CreatedAt = first.CreatedAt }, first, Comment(2) with { CreatedAt = first.CreatedAt }]));
    }

    [Fact]
    public void What_is_newer_moves_nothing()
    {
        var random = new Random(7);
        var comments = new List<PublishedComment>();
        var (places, pages) = (new Dictionary<CommentId, string>(), new Dictionary<CommentId, int>());
        for (var number = 0; number < 1_500; number++)
        {
            comments.Add(Comment(number, number > 0 && random.Next(3) > 0 ? random.Next(Math.Max(0, number - 200), number) : null));
            if (number % 10 > 0)
            {
                continue;
            }

            var now = new CommentPlaces(comments);
            foreach (var thread in now.Threads)
            {
                foreach (var comment in thread.First.AndReplies)
                {
                    Assert.Equal(thread.Page, pages[comment.Comment.Id] = pages.GetValueOrDefault(comment.Comment.Id, thread.Page));
                    var path = now.PathOf(comment.Comment.Id, "a");
                    Assert.True(places.GetValueOrDefault(comment.Comment.Id, "a/") == "a/" || places[comment.Comment.Id] == path, "a permalink to a page of its own changed");
                    places[comment.Comment.Id] = path;
                }
            }

            Assert.Equal(number + 1, now.Threads.Sum(thread => thread.Count));
        }
    }

    [Fact]
    public void Every_comment_is_on_the_page_that_its_permalink_names()
    {
        var random = new Random(9);
        var places = new CommentPlaces([.. Enumerable.Range(0, 700).Select(number => Comment(number, number > 0 && random.Next(2) > 0 ? random.Next(number) : null))]);
        var shown = places.OnArticle.SelectMany(thread => thread.First.AndReplies).Select(comment => comment.Comment.Id).ToHashSet();

        Assert.True(places.Pages > 2);
        foreach (var comment in places.Threads.SelectMany(thread => thread.First.AndReplies).Select(comment => comment.Comment.Id))
        {
            var page = Enumerable.Range(1, places.Pages).SingleOrDefault(number => places.OnPage(number).Any(thread => thread.First.AndReplies.Any(other => other.Comment.Id == comment)));
            Assert.Equal(page == 0 ? "2026/11/x/" : $"2026/11/x/comments/{page}/", places.PathOf(comment, "2026/11/x"));
            Assert.True(page > 0 || shown.Contains(comment));
        }
    }

    [Fact]
    public void Fifty_comments_need_no_page_of_their_own()
    {
        Assert.Equal(0, new CommentPlaces([.. Enumerable.Range(0, 50).Select(number => Comment(number))]).Pages);

        var more = new CommentPlaces([.. Enumerable.Range(0, 51).Select(number => Comment(number))]);
        Assert.Equal((1, 50), (more.Pages, more.OnArticle.Count));
        Assert.Equal(50, more.OnPage(1).Count());
        Assert.Equal(("a/comments/1/", "a/"), (more.PathOf(Id(49), "a"), more.PathOf(Id(50), "a")));
    }

    [Fact]
    public void One_endless_conversation_does_not_make_one_endless_page()
    {
        var places = new CommentPlaces([.. Enumerable.Range(0, 3_000).Select(number => Comment(number, number == 0 ? null : number - 1))]);

        Assert.All(places.Threads, thread => Assert.InRange(thread.Count, 1, CommentThreads.MostOnPage));
        Assert.All(Enumerable.Range(1, places.Pages), page => Assert.InRange(places.OnPage(page).Sum(thread => thread.Count), 1, CommentThreads.MostOnPage));
        Assert.All(places.Threads.SkipLast(1), thread => Assert.Equal(Id(Number(thread.First) - 1), thread.First.Answers!.Id));
    }

    [Fact]
    public async Task Many_comments_are_arranged()
    {
        var comments = Enumerable.Range(0, 20_000).Select(number => Comment(number, number % 3 == 0 ? null : number / 2, text: "x")).ToList();

        // What grew with the square of their number would take minutes.
        var places = await Task.Run(() => new CommentPlaces(comments)).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(20_000, places.Count);
    }

    private static string Tell(IReadOnlyList<PublishedComment> comments) => string.Join("; ", CommentThreads.Build(comments).Select(thread => Tell(thread.First)));

    private static string Tell(ThreadedComment comment) =>
        Number(comment)
        + (comment.Answers is { } answers ? $">{Number(answers.Id)}" : "")
        + (comment.Replies.Count > 0 ? $"({string.Join(' ', comment.Replies.Select(Tell))})" : "");

    private static int Number(ThreadedComment comment) => Number(comment.Comment.Id);

    private static int Number(CommentId id) => Convert.ToInt32(id.Value[20..], 16);
}
