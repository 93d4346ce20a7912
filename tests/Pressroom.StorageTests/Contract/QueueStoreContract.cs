using Pressroom.Storage;

namespace Pressroom.StorageTests.Contract;

public sealed class EmbeddedQueueStoreTests() : QueueStoreContract(new EmbeddedEngine());

public sealed class AzureQueueStoreTests(Azurite azurite) : QueueStoreContract(new AzureEngine(azurite));

public abstract class QueueStoreContract(IEngine engine) : ContractTests(engine)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // On a busy machine, two calls may be seconds apart.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(6);

    private IQueueStore Queues => Stores.Queues;

    [Theory]
    [InlineData("{\"id\":\"01HZY\",\"revision\":3}")]
    [InlineData("")]
    [InlineData("« Été » خبر 😀 <x>&amp;\u0000\u0001\uFFFD\r\n")]
    public async Task A_message_comes_as_it_was_sent(string text)
    {
        await SendAsync(text);

        var message = Assert.Single(await ReceiveAsync());

        Assert.Equal((text, 1), (message.Text, message.DequeueCount));
        Assert.NotEqual(default, message.SentAt);
    }

    [Fact]
    public async Task A_message_of_48_KiB_is_the_largest()
    {
        var largest = new string('é', 24 * 1024);
        await SendAsync(largest);

        Assert.Equal(largest, Assert.Single(await ReceiveAsync()).Text);
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(largest + "a"));
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_empty()
    {
        Assert.Empty(await ReceiveAsync());
        Assert.False(await Queues.DeleteAsync(new Receipt(Queue, "1", "00"), Cancellation));
        Assert.False(await Queues.ReleaseAsync(new Receipt(Queue, "1", "00"), TimeSpan.Zero, Cancellation));
        Assert.Null(await Queues.ExtendAsync(new Receipt(Queue, "1", "00"), Minute, Cancellation));
    }

    [Fact]
    public async Task Queues_do_not_mix()
    {
        await SendAsync("mine");
        await Queues.SendAsync(Queue + "-poison", "bad", TimeSpan.Zero, Cancellation);

        Assert.Equal("mine", Assert.Single(await ReceiveAsync()).Text);
        Assert.Equal("bad", Assert.Single(await Queues.ReceiveAsync(Queue + "-poison", 32, Minute, Cancellation)).Text);
    }

    [Fact]
    public async Task A_received_message_is_hidden_until_its_time_is_up()
    {
        await SendAsync("a");
        var first = Assert.Single(await ReceiveAsync(Seconds));
        Assert.Empty(await ReceiveAsync());

        await PassAsync(Seconds);
        var second = Assert.Single(await ReceiveAsync());

        Assert.Equal(2, second.DequeueCount);
        Assert.Equal(first.SentAt, second.SentAt);
        Assert.False(await Queues.DeleteAsync(first.Receipt, Cancellation));
        Assert.Null(await Queues.ExtendAsync(first.Receipt, Minute, Cancellation));
        Assert.True(await Queues.DeleteAsync(second.Receipt, Cancellation));
    }

    [Fact]
    public async Task A_delayed_message_comes_when_its_time_is_up()
    {
        await Queues.SendAsync(Queue, "later", Seconds, Cancellation);
        await SendAsync("now");
        Assert.Equal("now", Assert.Single(await ReceiveAsync()).Text);

        await PassAsync(Seconds);

        Assert.Equal("later", Assert.Single(await ReceiveAsync()).Text);
    }

    [Fact]
    public async Task A_queue_tells_how_much_it_holds_and_for_how_long_the_oldest_visible_message_has_waited()
    {
        Assert.Equal(new QueueMeasure(0, TimeSpan.Zero), await Queues.MeasureAsync(Queue, Cancellation));
        await Queues.SendAsync(Queue, "later", Minute, Cancellation);
        Assert.Equal(new QueueMeasure(1, TimeSpan.Zero), await Queues.MeasureAsync(Queue, Cancellation));

        await SendAsync("first");
        await PassAsync(TimeSpan.FromSeconds(2));
        await SendAsync("second");

        var waiting = await Queues.MeasureAsync(Queue, Cancellation);
        Assert.Equal(3, waiting.Depth);
        Assert.InRange(waiting.OldestAge, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(50));

        Assert.Equal(2, (await ReceiveAsync()).Count);
        Assert.Equal(new QueueMeasure(3, TimeSpan.Zero), await Queues.MeasureAsync(Queue, Cancellation));
    }

    [Fact]
    public async Task A_held_message_comes_when_it_is_released()
    {
        var receipt = await Queues.HoldAsync(Queue, "intent", Minute, Cancellation);
        Assert.Empty(await ReceiveAsync());

        Assert.True(await Queues.ReleaseAsync(receipt, TimeSpan.Zero, Cancellation));

        var message = Assert.Single(await ReceiveAsync());
        Assert.Equal(("intent", 1), (message.Text, message.DequeueCount));
        Assert.False(await Queues.ReleaseAsync(receipt, TimeSpan.Zero, Cancellation));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task A_held_message_comes_by_itself_when_nobody_releases_it()
    {
        var receipt = await Queues.HoldAsync(Queue, "intent", TimeSpan.FromSeconds(2), Cancellation);
        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("intent", Assert.Single(await ReceiveAsync()).Text);
        Assert.False(await Queues.ReleaseAsync(receipt, TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task A_held_message_can_be_taken_back()
    {
        var receipt = await Queues.HoldAsync(Queue, "intent", Minute, Cancellation);

        Assert.True(await Queues.DeleteAsync(receipt, Cancellation));
        Assert.False(await Queues.DeleteAsync(receipt, Cancellation));
        Assert.False(await Queues.ReleaseAsync(receipt, TimeSpan.Zero, Cancellation));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task A_deleted_message_is_gone()
    {
        await SendAsync("a");
        var message = Assert.Single(await ReceiveAsync(TimeSpan.FromSeconds(1)));

        Assert.True(await Queues.DeleteAsync(message.Receipt, Cancellation));
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Empty(await ReceiveAsync());
        Assert.False(await Queues.DeleteAsync(message.Receipt, Cancellation));
        Assert.Null(await Queues.ExtendAsync(message.Receipt, Minute, Cancellation));
    }

    [Fact]
    public async Task Extending_keeps_a_message_hidden_and_renews_the_receipt()
    {
        await SendAsync("a");
        var message = Assert.Single(await ReceiveAsync(TimeSpan.FromSeconds(1)));
        var extended = await Queues.ExtendAsync(message.Receipt, Minute, Cancellation);
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.NotNull(extended);
        Assert.Empty(await ReceiveAsync());
        Assert.False(await Queues.DeleteAsync(message.Receipt, Cancellation));
        Assert.True(await Queues.DeleteAsync(extended, Cancellation));
    }

    [Fact]
    public async Task Extending_by_nothing_gives_a_message_back_with_its_text()
    {
        await SendAsync("a");
        var message = Assert.Single(await ReceiveAsync());

        Assert.NotNull(await Queues.ExtendAsync(message.Receipt, TimeSpan.Zero, Cancellation));

        var again = Assert.Single(await ReceiveAsync());
        Assert.Equal(("a", 2), (again.Text, again.DequeueCount));
    }

    [Fact]
    public async Task One_receive_takes_up_to_32()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => SendAsync($"{i}")));

        var first = await ReceiveAsync();
        var rest = await ReceiveAsync();

        Assert.Equal(32, first.Count);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}").Order(), first.Concat(rest).Select(m => m.Text).Order());
        Assert.Single(first.Concat(rest).Select(m => m.DequeueCount).Distinct());
    }

    [Fact]
    public async Task Consumers_who_work_side_by_side_share_the_messages()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => SendAsync($"{i}")));

        var received = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                var mine = new List<string>();
                while (await Queues.ReceiveAsync(Queue, 3, Minute, Cancellation) is { Count: > 0 } messages)
                {
                    foreach (var message in messages)
                    {
                        mine.Add(message.Text);
                        Assert.True(await Queues.DeleteAsync(message.Receipt, Cancellation));
                    }
                }

                return mine;
            },
            Cancellation)));

        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{i}").Order(), received.SelectMany(mine => mine).Order());
    }

    [Fact]
    public async Task Sending_ends_a_wait()
    {
        Assert.Empty(await ReceiveAsync());
        var wait = Queues.WaitAsync(Queue, Minute, Cancellation);
        Assert.False(wait.IsCompleted);

        await SendAsync("a");

        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task Releasing_ends_a_wait_and_holding_does_not()
    {
        Assert.Empty(await ReceiveAsync());
        var wait = Queues.WaitAsync(Queue, Minute, Cancellation);
        var receipt = await Queues.HoldAsync(Queue, "a", TimeSpan.FromMinutes(2), Cancellation);
        Assert.False(wait.IsCompleted);

        await Queues.ReleaseAsync(receipt, TimeSpan.Zero, Cancellation);

        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_message_sent_between_a_look_and_a_wait_is_not_missed()
    {
        Assert.Empty(await ReceiveAsync());
        await SendAsync("a");

        await Queues.WaitAsync(Queue, TimeSpan.FromDays(1), Cancellation).WaitAsync(TimeSpan.FromMinutes(2), Cancellation);

        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_wait_for_nothing_ends()
    {
        var wait = Queues.WaitAsync(Queue, TimeSpan.FromSeconds(1), Cancellation);
        await PassAsync(TimeSpan.FromSeconds(1));

        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var wait = Queues.WaitAsync(Queue, Minute, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    private Task SendAsync(string text) => Queues.SendAsync(Queue, text, TimeSpan.Zero, Cancellation);

    private Task<IReadOnlyList<QueueMessage>> ReceiveAsync(TimeSpan? hide = null) => Queues.ReceiveAsync(Queue, 32, hide ?? Minute, Cancellation);
}
