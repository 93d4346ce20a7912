using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site;
using Pressroom.Site.Pages;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.Comments.Thread;

namespace Pressroom.Tests.Site;

public sealed class CommentPagesTests
{
    private const string Path = "2026/11/hopitaux";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approved_comment_is_on_the_page_and_in_the_feed()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ApproveAsync(CommentSamples.Comment(1, text: "Bien vu."));

        Assert.Contains("<p>Bien vu.</p>", await desk.ReadAsync("index.html"), StringComparison.Ordinal);
        Assert.Contains("<p>Bien vu.</p>", await desk.ReadAsync("comments.xml"), StringComparison.Ordinal);
        Assert.Equal(["comments.xml", "index.html"], await desk.FilesAsync());
    }

    [Fact]
    public async Task Approving_one_comment_writes_only_the_files_that_it_changes()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ApproveAsync([.. Enumerable.Range(0, 260).Select(number => CommentSamples.Comment(number))]);
        Assert.Equal(["comments.xml", "comments/1/index.html", "comments/2/index.html", "comments/3/index.html", "comments/4/index.html", "comments/5/index.html", "index.html"], await desk.FilesAsync());
        desk.Written.Clear();

        await desk.ApproveAsync(CommentSamples.Comment(300));
        Assert.Equal(["comments.xml", "index.html"], desk.Written.Order());
        desk.Written.Clear();

        await desk.ApproveAsync(CommentSamples.Comment(301, parent: 60));
        Assert.Equal(["comments.xml", "comments/2/index.html", "index.html"], desk.Written.Order());
        Assert.Contains(CommentPlaces.AnchorOf(CommentSamples.Id(301)), await desk.ReadAsync("comments/2/index.html"), StringComparison.Ordinal);
        desk.Written.Clear();

        await desk.BringUpToDateAsync();
        Assert.Empty(desk.Written);
    }

    [Fact]
    public async Task The_approved_comments_are_read_once_and_without_any_only_a_row_is()
    {
        await using var desk = await Desk.OpenAsync();
        Assert.Equal((0, 0), (desk.Reads.Rows, desk.Reads.Queries)); // the first publication
        await desk.BringUpToDateAsync();
        Assert.Equal((1, 0), (desk.Reads.Rows, desk.Reads.Queries));

        desk.Reads.Rows = 0;
        await desk.ApproveAsync([.. Enumerable.Range(0, 120).Select(number => CommentSamples.Comment(number))]);
        Assert.Equal((2, 1), (desk.Reads.Rows, desk.Reads.Queries)); // the row again after the files' versions, to be sure
    }

    [Fact]
    public async Task What_is_taken_back_is_gone_from_every_file()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ApproveAsync([.. Enumerable.Range(0, 120).Select(number => CommentSamples.Comment(number))]);
        Assert.Contains("comments/2/index.html", await desk.FilesAsync());

        await desk.TakeBackAsync([.. Enumerable.Range(10, 110)]);
        Assert.Equal(["comments.xml", "index.html"], await desk.FilesAsync());

        await desk.TakeBackAsync([.. Enumerable.Range(0, 10)]);
        Assert.Equal(["index.html"], await desk.FilesAsync());
        Assert.Contains("Aucun commentaire", await desk.ReadAsync("index.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ArticleStatus.Draft)]
    [InlineData(ArticleStatus.Deleted)]
    public async Task Nothing_of_the_comments_pages_remains_when_the_article_goes(ArticleStatus status)
    {
        await using var desk = await Desk.OpenAsync();
        await desk.ApproveAsync([.. Enumerable.Range(0, 120).Select(number => CommentSamples.Comment(number))]);

        await desk.ChangeAsync(article => article with { Status = status });
        Assert.Empty(await desk.FilesAsync());

        if (status == ArticleStatus.Draft)
        {
            await desk.ChangeAsync(article => article with { Status = ArticleStatus.Published });
            Assert.Equal(["comments.xml", "comments/1/index.html", "comments/2/index.html", "index.html"], await desk.FilesAsync());
        }
    }

    [Fact]
    public async Task When_an_article_moves_its_comments_move_and_their_pages_redirect()
    {
        const string NewPath = "2026/11/littoral";
        await using var desk = await Desk.OpenAsync();
        await desk.ApproveAsync([.. Enumerable.Range(0, 120).Select(number => CommentSamples.Comment(number))]);

        await desk.ChangeAsync(article => article with { Path = NewPath, FormerPaths = [Path] });
        Assert.Equal(["comments.xml", "comments/1/index.html", "comments/2/index.html", "index.html"], await desk.FilesAsync(NewPath));
        Assert.Equal(["comments/1/index.html", "comments/2/index.html", "index.html"], await desk.FilesAsync());
        Assert.Equal($"https://example.org/{NewPath}/comments/2/", await desk.RedirectOfAsync("comments/2/index.html"));
        Assert.Equal($"https://example.org/{NewPath}/", await desk.RedirectOfAsync("index.html"));

        await desk.ChangeAsync(article => article with { Status = ArticleStatus.Deleted });
        Assert.Empty(await desk.FilesAsync());
        Assert.Empty(await desk.FilesAsync(NewPath));
    }

    [Fact]
    public async Task A_moderator_or_the_days_close_the_comments_and_the_form_goes()
    {
        await using var desk = await Desk.OpenAsync(openForDays: 30);
        await desk.ApproveAsync([.. Enumerable.Range(0, 60).Select(number => CommentSamples.Comment(number))]);
        Assert.Contains("comment-form", await desk.ReadAsync("index.html"), StringComparison.Ordinal);
        Assert.Contains("form-page", await desk.ReadAsync("comments/1/index.html"), StringComparison.Ordinal);

        await desk.CloseAsync(isClosed: true);
        Assert.DoesNotContain("comment-form", await desk.ReadAsync("index.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("form-page", await desk.ReadAsync("comments/1/index.html"), StringComparison.Ordinal);

        await desk.CloseAsync(isClosed: false);
        Assert.Contains("comment-form", await desk.ReadAsync("index.html"), StringComparison.Ordinal);

        desk.Time.Advance(TimeSpan.FromDays(31));
        await desk.BringUpToDateAsync();
        Assert.DoesNotContain("comment-form", await desk.ReadAsync("index.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("form-page", await desk.ReadAsync("comments/1/index.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Racing_approvals_end_with_all_comments_on_their_pages()
    {
        await using var desk = await Desk.OpenAsync();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 130), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (number, _) => await desk.ApproveAsync(CommentSamples.Comment(number)));

        var pages = await Task.WhenAll(desk.ReadAsync("index.html"), desk.ReadAsync("comments/1/index.html"), desk.ReadAsync("comments/2/index.html"));
        Assert.Contains("130 commentaires", pages[0], StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, 130), number => Assert.Contains(pages, page => page!.Contains($"id=\"{CommentPlaces.AnchorOf(CommentSamples.Id(number))}\"", StringComparison.Ordinal)));
        desk.Written.Clear();
        await desk.BringUpToDateAsync();
        Assert.Empty(desk.Written);
    }

    [Fact]
    public async Task Pages_of_thousands_of_comments_stay_light()
    {
        await using var desk = await Desk.OpenAsync();
        var random = new Random(3);
        await desk.ApproveAsync([.. Enumerable.Range(0, 2_000).Select(number => CommentSamples.Comment(number, number > 0 && random.Next(2) > 0 ? random.Next(number) : null))]);

        foreach (var file in await desk.FilesAsync())
        {
            Assert.InRange((await desk.ReadAsync(file))!.Length, 1, 250_000);
        }
    }

    /// <summary>One article on the embedded engine, and what is written and read for it.</summary>
    private sealed class Desk : IAsyncDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-comments-");
        private readonly EmbeddedStorage storage;
        private readonly ArticleStore articles;
        private readonly ArticlePages pages;
        private readonly Redirects redirects;
        private readonly SiteFiles files;
        private readonly SemaphoreSlim approving = new(1);
        private Article article = Samples.Article(1, "Hôpitaux", Samples.French, Path);
        private int count;
        private bool isClosed;

        private Desk(int openForDays)
        {
            storage = EmbeddedStorage.Open(folder.FullName, TimeProvider.System);
            storage.Blobs.Changed += Note;
            Reads = new CountedTables(storage.Tables);
            articles = new ArticleStore(storage.Tables, storage.Blobs);
            files = new SiteFiles(storage.Blobs);
            var renderer = new PageRenderer(Samples.Theme, Samples.Site, Samples.Channels, openForDays);
            var comments = new CommentPages(new PublishedComments(Reads), renderer, files, Time);
            pages = new ArticlePages(articles, new AuthorStore(storage.Tables), new TranslationStore(storage.Tables), comments, renderer, files);
            redirects = new Redirects(files, comments, renderer, Samples.Site);
        }

        public FakeTimeProvider Time { get; } = new(Samples.Morning.AddHours(3));

        /// <summary>The files below the article's path that were written, in any order.</summary>
        public System.Collections.Concurrent.ConcurrentBag<string> Written { get; } = [];

        public CountedTables Reads { get; }

        public static async Task<Desk> OpenAsync(int openForDays = 0)
        {
            var desk = new Desk(openForDays);
            await desk.CommitAsync(previous: null);
            return desk;
        }

        public Task BringUpToDateAsync() => pages.BringUpToDateAsync(article.Id, Stop);

        public async Task ChangeAsync(Func<Article, Article> change)
        {
            article = change(article) with { Revision = article.Revision + 1 };
            await CommitAsync((await articles.FindAsync(article.Id, Stop))!.ETag);
            await redirects.PlaceAsync(article, Stop);
        }

        public async Task ApproveAsync(params PublishedComment[] comments)
        {
            foreach (var some in comments.Chunk(90))
            {
                await CommitCommentsAsync([.. some.Select(comment => new TableOperation.Upsert($"approved-{comment.Id}", PublishedComments.Write(comment)))], some.Length);
            }

            await BringUpToDateAsync();
        }

        public async Task TakeBackAsync(int[] numbers)
        {
            foreach (var some in numbers.Chunk(90))
            {
                var rows = await Task.WhenAll(some.Select(number => storage.Tables.GetAsync("comments", article.Id.Value, $"approved-{CommentSamples.Id(number)}", Stop)));
                await CommitCommentsAsync([.. rows.Select(row => new TableOperation.Delete(row!.Row, row.ETag))], -some.Length);
            }

            await BringUpToDateAsync();
        }

        public async Task CloseAsync(bool isClosed)
        {
            this.isClosed = isClosed;
            await CommitCommentsAsync([], 0);
            await BringUpToDateAsync();
        }

        public async Task<string?> ReadAsync(string file) =>
            await storage.Blobs.ReadAsync(new BlobPath(SiteFiles.Container, $"{Path}/{file}"), Stop) is { } blob ? Encoding.UTF8.GetString(blob.Content.Bytes.Span) : null;

        public async Task<string?> RedirectOfAsync(string file) => (await files.FindAsync($"{Path}/{file}", Stop))!.Metadata.GetValueOrDefault(SiteFiles.RedirectMetadata);

        public async Task<List<string>> FilesAsync(string path = Path)
        {
            var names = new List<string>();
            await foreach (var name in files.ListAsync(path + "/", Stop))
            {
                names.Add(name[(path.Length + 1)..]);
            }

            return names;
        }

        public async ValueTask DisposeAsync()
        {
            approving.Dispose();
            articles.Dispose();
            await storage.DisposeAsync();
            folder.Delete(recursive: true);
        }

        private void Note(BlobPath blob)
        {
            if (blob.Container == SiteFiles.Container && blob.Name.StartsWith(Path + "/", StringComparison.Ordinal))
            {
                Written.Add(blob.Name[(Path.Length + 1)..]);
            }
        }

        private async Task CommitAsync(ETag? previous)
        {
            var document = new ArticleDocument(article, new ArticleText("Texte.", BodyFormat.Markdown, "<p>Texte.</p>", "Texte."));
            Assert.True(await articles.WriteAsync(document, Stop));
            Assert.NotNull(await articles.CommitAsync(article, new RevisionNote(article.Revision, Samples.Morning, "x", "saved", article.Title, article.Status), previous, Stop));
            await pages.BringUpToDateAsync(document, isNew: previous is null, Stop);
        }

        // As a moderator's approval does it: one batch with the row that stands over the comments as a whole.
        private async Task CommitCommentsAsync(List<TableOperation> operations, int more)
        {
            await approving.WaitAsync(Stop);
            try
            {
                count += more;
                var page = new Columns { { "closed", isClosed }, { "count", count } };
                Assert.True((await storage.Tables.CommitAsync("comments", article.Id.Value, [.. operations, new TableOperation.Upsert("page", page)], Stop)).Committed);
            }
            finally
            {
                approving.Release();
            }
        }
    }

    private sealed class CountedTables(ITableStore tables) : ITableStore
    {
        public int Rows { get; set; }

        public int Queries { get; private set; }

        public Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
        {
            Rows++;
            return tables.GetAsync(table, partition, row, cancellation);
        }

        public Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation)
        {
            Queries++;
            return tables.QueryAsync(table, partition, range, limit, cancellation);
        }

        public Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation) => tables.ScanAsync(table, after, limit, cancellation);

        public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation) =>
            tables.CommitAsync(table, partition, operations, cancellation);
    }
}
