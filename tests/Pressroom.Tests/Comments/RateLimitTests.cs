using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.LocalHost;

namespace Pressroom.Tests.Comments;

public sealed class RateLimitTests : IAsyncDisposable
{
    private static readonly Secrets Secrets = new("an-administrator-token-of-forty-characters", "a-signing-key-of-at-least-thirty-two-characters", false);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-limits-");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 8, 3, 0, TimeSpan.Zero));
    private readonly EmbeddedStorage storage;
    private int writes;

    public RateLimitTests() => storage = EmbeddedStorage.Open(folder.FullName, time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_share_a_limit_and_a_restart_does_not_reset_it()
    {
        using var one = Open();
        using var two = Open();
        var admitted = await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Task.Run(async () => await (number % 2 == 0 ? one : two).AdmitAsync("test", "192.0.2.0/24", 10, Stop))));
        Assert.Equal(10, admitted.Count(wait => wait is null));
        using var restarted = Open();
        Assert.Equal(TimeSpan.FromMinutes(7), await restarted.AdmitAsync("test", "192.0.2.0/24", 10, Stop));
        Assert.Null(await restarted.AdmitAsync("test", "192.0.3.0/24", 10, Stop));
        Assert.Null(await restarted.AdmitAsync("other", "192.0.2.0/24", 10, Stop));
    }

    [Fact]
    public async Task A_new_window_admits_again()
    {
        using var limits = Open();
        Assert.Null(await limits.AdmitAsync("test", "a", 1, Stop));
        Assert.NotNull(await limits.AdmitAsync("test", "a", 1, Stop));
        time.Advance(TimeSpan.FromMinutes(7));
        Assert.Null(await limits.AdmitAsync("test", "a", 1, Stop));
    }

    [Fact]
    public async Task A_limit_costs_a_write_for_each_admission_at_most_and_a_flood_none()
    {
        using var limits = Open();
        for (var number = 0; number < 100; number++)
        {
            await limits.AdmitAsync("small", "a", 10, Stop);
        }

        Assert.Equal(10, writes);
        for (var number = 0; number < 10_000; number++)
        {
            Assert.Null(await limits.AdmitAsync("large", "a", 10_000, Stop));
        }

        Assert.NotNull(await limits.AdmitAsync("large", "a", 10_000, Stop));
        Assert.Equal(60, writes);
        for (var number = 0; number < 100; number++)
        {
            Assert.Null(await limits.AdmitAsync("none", "a", 0, Stop));
        }

        Assert.Equal(60, writes);
    }

    [Fact]
    public async Task What_was_counted_is_forgotten_after_two_days_and_names_nobody()
    {
        using var limits = Open();
        await limits.AdmitAsync("test", "192.0.2.0/24", 10, Stop);
        var row = Assert.Single(await RowsAsync());
        Assert.DoesNotContain("192", row.Row, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(1));
        await limits.ForgetOldAsync(Stop);
        Assert.Single(await RowsAsync());
        time.Advance(TimeSpan.FromDays(1));
        await limits.ForgetOldAsync(Stop);
        Assert.Empty(await RowsAsync());

        Task<IReadOnlyList<TableRow>> RowsAsync() => storage.Tables.QueryAsync("limits", "20261124", RowRange.All, 10, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private RateLimits Open() => new(new WatchedTables(storage.Tables, () => Interlocked.Increment(ref writes)), Secrets, time);
}
