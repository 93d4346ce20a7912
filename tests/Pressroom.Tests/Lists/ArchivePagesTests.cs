using CsCheck;
using Pressroom.Articles;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Storage.Embedded;

namespace Pressroom.Tests.Lists;

public sealed class ArchivePagesTests
{
    private static readonly ListKey Tag = new(ListKind.Tag, "t");
    private static readonly SiteSettings Site = new(
        new Uri("http://localhost"), new Uri("http://localhost/api"), "Test", Language.Parse("en"), TimeZoneInfo.FindSystemTimeZoneById("Africa/Tunis"));

    // Minutes on both sides of the turn of two months, by a clock that is not UTC.
    private static readonly Gen<Step[]> Steps =
        Gen.Select(Gen.Int[0, 39], Gen.Int[-70_000, 70_000], Gen.Int[0, 5], (article, minute, kind) => new Step(article, minute, kind)).Array[1, 60];

    [Fact]
    public async Task Whatever_comes_and_goes_each_article_is_on_one_page_and_pages_link_both_ways()
    {
        await Steps.SampleAsync(steps => CheckAsync(steps, []), iter: 25, threads: 1);
    }

    [Fact]
    public async Task What_a_refresh_that_died_anywhere_left_undone_is_done_by_the_next()
    {
        await Gen.Select(Steps, Gen.Int[0, 6].Array[60]).SampleAsync((steps, deaths) => CheckAsync(steps, deaths), iter: 25, threads: 1);
    }

    [Fact]
    public async Task A_month_that_grows_at_its_new_end_leaves_its_old_pages_alone()
    {
        await using var archive = await Archive.OpenAsync(mostOnPage: 10);
        for (var number = 0; number < 200; number++)
        {
            archive.Writer.Written.Clear();
            await archive.PlaceAsync(number, number, listed: true);
            await archive.RefreshAsync();
            Assert.InRange(archive.Writer.Written.Count, 1, 4);
        }

        archive.CheckAll();
    }

    private static async Task CheckAsync(Step[] steps, int[] deaths)
    {
        await using var archive = await Archive.OpenAsync(mostOnPage: 4);
        foreach (var (number, step) in steps.Index())
        {
            await archive.PlaceAsync(step.Article, step.Minute, listed: step.Kind != 0);
            if (step.Kind % 2 == 0)
            {
                if (deaths.Length > 0)
                {
                    await archive.DieAfterAsync(deaths[number]);
                }

                await archive.RefreshAsync();
                archive.CheckAll();
            }
        }

        await archive.RefreshAsync();
        archive.CheckAll();
    }

    private sealed record Step(int Article, int Minute, int Kind);

    private sealed class Archive : IAsyncDisposable
    {
        private static readonly DateTimeOffset Turn = new(2025, 12, 31, 23, 0, 0, TimeSpan.Zero);

        private readonly DirectoryInfo folder;
        private readonly EmbeddedStorage storage;
        private readonly ListStore lists;
        private readonly ArchivePages pages;
        private readonly Dictionary<ArticleId, DateTimeOffset> listed = [];
        private readonly Dictionary<int, int> revisions = [];

        private Archive(DirectoryInfo folder, EmbeddedStorage storage, int mostOnPage)
        {
            (this.folder, this.storage) = (folder, storage);
            lists = new ListStore(storage.Tables, Site);
            pages = new ArchivePages(storage.Tables, lists);
            Writer = new RecordingWriter(lists, mostOnPage);
        }

        public RecordingWriter Writer { get; }

        public static Task<Archive> OpenAsync(int mostOnPage)
        {
            var folder = Directory.CreateTempSubdirectory("pressroom-archive-");
            return Task.FromResult(new Archive(folder, EmbeddedStorage.Open(folder.FullName, TimeProvider.System), mostOnPage));
        }

        public async Task PlaceAsync(int article, int minute, bool listed)
        {
            var id = ArticleId.Of(new Guid(article + 1, 0, 0, new byte[8]));
            var revision = revisions[article] = revisions.GetValueOrDefault(article) + 1;
            var publishedAt = Turn.AddMinutes(minute);
            var item = new ListedArticle(
                id, revision, $"p/{article}", "Title", null, Language.Parse("en"), null, [], null, null, publishedAt, publishedAt);
            await lists.PlaceAsync(item, listed ? [Tag] : [], again: false, CancellationToken.None);
            if (listed)
            {
                this.listed[id] = publishedAt;
            }
            else
            {
                this.listed.Remove(id);
            }
        }

        public async Task RefreshAsync()
        {
            var touches = await lists.TouchesAsync(Tag, 1_000, CancellationToken.None);
            await pages.RefreshAsync(Tag, touches, Writer, CancellationToken.None);
            await lists.ForgetAsync(touches, CancellationToken.None);
        }

        public async Task DieAfterAsync(int files)
        {
            try
            {
                Writer.Left = files;
                await RefreshAsync();
            }
            catch (DiedException)
            {
                // As wished; with fewer files to write, it is alive.
            }
            finally
            {
                Writer.Left = int.MaxValue;
            }
        }

        public void CheckAll()
        {
            var expected = listed.OrderByDescending(article => article.Value).ThenBy(article => article.Key.Value, StringComparer.Ordinal).Select(article => article.Key).ToList();
            var newest = Writer.Pages.Keys.Where(page => Writer.Pages[page].Newer is null).ToList();
            if (expected.Count == 0)
            {
                Assert.Empty(Writer.Pages);
                return;
            }

            // From the newest page along the links to the oldest, and every link leads back.
            var walked = new List<ArticleId>();
            string? from = null;
            var page = Assert.Single(newest);
            for (var count = 0; ; count++)
            {
                Assert.True(count <= Writer.Pages.Count, "The pages link in a circle.");
                var content = Writer.Pages[page];
                Assert.Equal(from, content.Newer);
                Assert.True(content.Articles.Count <= Writer.MostOnPage);
                walked.AddRange(content.Articles);
                from = page;
                if (content.Older is null)
                {
                    Assert.Equal(Writer.Pages.Count, count + 1);
                    break;
                }

                page = content.Older;
            }

            Assert.Equal(expected, walked);
            Assert.All(Writer.Pages, shown => Assert.All(shown.Value.Articles, id => Assert.StartsWith(lists.MonthOf(listed[id]).ToString(), shown.Key, StringComparison.Ordinal)));
        }

        public async ValueTask DisposeAsync()
        {
            await storage.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private sealed class RecordingWriter(ListStore lists, int mostOnPage) : IArchiveWriter
    {
        public int MostOnPage => mostOnPage;

        public Dictionary<string, Page> Pages { get; } = [];

        public HashSet<string> Written { get; } = [];

        // How many more files it lives to write or remove.
        public int Left { get; set; } = int.MaxValue;

        public async Task WriteAsync(ListKey list, Segment segment, KeyRange keys, Segment? newer, Segment? older, CancellationToken cancellation)
        {
            Live();
            var items = await lists.ItemsAsync(list, keys, 1_000, cancellation);
            Pages[Name(segment)] = new Page(items.Select(item => item.Article.Id).ToList(), newer is null ? null : Name(newer), older is null ? null : Name(older));
            Written.Add(Name(segment));
        }

        public Task RemoveAsync(ListKey list, Segment segment, CancellationToken cancellation)
        {
            Live();
            Pages.Remove(Name(segment));
            return Task.CompletedTask;
        }

        private void Live()
        {
            if (Left-- <= 0)
            {
                throw new DiedException();
            }
        }

        private static string Name(Segment segment) => $"{segment.Month}/{segment.Name}";
    }

    private sealed class DiedException : Exception;

    private sealed record Page(IReadOnlyList<ArticleId> Articles, string? Newer, string? Older);
}
