using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

public sealed class QueueRestartTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly EmbeddedUnderTest engine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IQueueStore Queues => engine.Storage.Queues;

    [Fact]
    public async Task A_start_gives_back_what_the_last_process_held_or_had_received()
    {
        await Queues.SendAsync("queue", "received", TimeSpan.Zero, Cancellation);
        await Queues.SendAsync("queue", "extended", TimeSpan.Zero, Cancellation);
        var received = await Queues.ReceiveAsync("queue", 32, Hour, Cancellation);
        var extended = await Queues.ExtendAsync(received.Single(m => m.Text == "extended").Receipt, 2 * Hour, Cancellation);
        var held = await Queues.HoldAsync("queue", "held", Hour, Cancellation);

        await engine.ReopenAsync();
        var again = await Queues.ReceiveAsync("queue", 32, Hour, Cancellation);

        Assert.Equal([("extended", 1), ("held", 1), ("received", 1)], again.Select(m => (m.Text, m.DequeueCount)).Order());
        Assert.False(await Queues.ReleaseAsync(held, TimeSpan.Zero, Cancellation));
        Assert.False(await Queues.DeleteAsync(extended!, Cancellation));
    }

    [Fact]
    public async Task A_message_that_processes_die_with_time_and_again_counts_as_delivered_each_time()
    {
        await Queues.SendAsync("queue", "deadly", TimeSpan.Zero, Cancellation);
        var counts = new List<int>();
        for (var death = 0; death < 24; death++)
        {
            counts.Add(Assert.Single(await Queues.ReceiveAsync("queue", 1, Hour, Cancellation)).DequeueCount);
            await engine.ReopenAsync();
        }

        Assert.Equal([.. Enumerable.Repeat(1, 21), 2, 3, 4], counts);
    }

    [Fact]
    public async Task A_start_keeps_the_time_of_what_was_sent_with_a_delay()
    {
        await Queues.SendAsync("queue", "later", Hour, Cancellation);
        var held = await Queues.HoldAsync("queue", "released", Hour, Cancellation);
        await Queues.ReleaseAsync(held, TimeSpan.Zero, Cancellation);
        await Queues.ReleaseAsync(await Queues.HoldAsync("queue", "released for later", Hour, Cancellation), 2 * Hour, Cancellation);
        var sent = engine.Time.GetUtcNow();

        await engine.ReopenAsync();
        Assert.Equal("released", Assert.Single(await Queues.ReceiveAsync("queue", 32, 2 * Hour, Cancellation)).Text);
        engine.Time.Advance(Hour);

        var later = Assert.Single(await Queues.ReceiveAsync("queue", 32, Hour, Cancellation));
        Assert.Equal(("later", sent), (later.Text, later.SentAt));
    }

    [Fact]
    public async Task A_wait_ends_when_the_next_message_becomes_visible()
    {
        await Queues.SendAsync("queue", "later", TimeSpan.FromMinutes(5), Cancellation);
        var wait = Queues.WaitAsync("queue", Hour, Cancellation);
        engine.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(wait.IsCompleted);

        engine.Time.Advance(TimeSpan.FromMinutes(1));

        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        Assert.Single(await Queues.ReceiveAsync("queue", 32, Hour, Cancellation));
    }

    [Fact]
    public async Task A_wait_ends_when_somebody_sends_what_is_due_before_its_end()
    {
        var wait = Queues.WaitAsync("queue", Hour, Cancellation);
        await Queues.SendAsync("queue", "after the end", 2 * Hour, Cancellation);
        Assert.False(wait.IsCompleted);

        await Queues.SendAsync("queue", "before the end", TimeSpan.FromMinutes(1), Cancellation);

        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
    }

    [Fact]
    public async Task Looking_into_an_empty_queue_writes_nothing()
    {
        await Queues.SendAsync("queue", "later", Hour, Cancellation);
        using var observer = Database.Open(Path.Combine(engine.Folder, "pressroom.db"), 1024);
        var before = Version();

        Assert.Empty(await Queues.ReceiveAsync("queue", 32, Hour, Cancellation));
        Assert.Empty(await Queues.ReceiveAsync("other", 32, Hour, Cancellation));
        Assert.Equal(before, Version());

        await Queues.SendAsync("queue", "now", TimeSpan.Zero, Cancellation);
        Assert.NotEqual(before, Version());

        long Version()
        {
            using var version = observer.Query("pragma data_version");
            version.Read();
            return version.Number(0);
        }
    }

    [Fact]
    public async Task Messages_come_in_the_order_in_which_they_became_visible()
    {
        for (var i = 0; i < 10; i++)
        {
            await Queues.SendAsync("queue", $"{i}", TimeSpan.FromSeconds(10 - i), Cancellation);
        }

        engine.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["5", "6", "7", "8", "9"], (await Queues.ReceiveAsync("queue", 32, Hour, Cancellation)).Select(m => m.Text).Order());
        engine.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("4", Assert.Single(await Queues.ReceiveAsync("queue", 1, Hour, Cancellation)).Text);
    }

    [Fact]
    public async Task Tables_are_found_whatever_the_case_of_their_name()
    {
        await engine.Storage.Tables.CommitAsync("Articles", "p", [new TableOperation.Insert("a", [])], Cancellation);

        Assert.NotNull(await engine.Storage.Tables.GetAsync("ARTICLES", "p", "a", Cancellation));
        Assert.False((await engine.Storage.Tables.CommitAsync("articles", "p", [new TableOperation.Insert("a", [])], Cancellation)).Committed);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
