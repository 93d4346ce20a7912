using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Pressroom.Deliveries;
using Pressroom.Functions;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Telemetry;
using Pressroom.Tests.Flows;
using Pressroom.Tests.LocalHost;

namespace Pressroom.Tests.Telemetry;

/// <summary>What <c>GET /health</c> finds.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-");
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private EmbeddedStorage storage = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        storage = EmbeddedStorage.Open(folder.FullName, time);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_newsroom_is_healthy_and_says_what_was_looked_at()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await newsroom.HealthyAsync();
        var health = await newsroom.GetAsync("/api/health");

        Assert.Equal("healthy", (string?)health["status"]);
        var checks = health["checks"]!.AsArray();
        Assert.All(checks, check => Assert.Equal("healthy", (string?)check!["status"]));
        Assert.Equal(["storage", "poison", "timer"], checks.Select(check => (string)check!["name"]!).Where(name => name != "queue"));
    }

    [Fact]
    public void Every_queue_that_has_a_consumer_is_looked_at()
    {
        var consumed = typeof(FunctionAttribute).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<QueueTriggerAttribute>()?.QueueName).OfType<string>().Where(queue => !queue.EndsWith("-poison", StringComparison.Ordinal));

        Assert.Equal(consumed.Order(StringComparer.Ordinal), CheckHealth.Queues.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_has_waited_for_long_is_told_of_and_a_delayed_one_is_not()
    {
        await storage.Queues.SendAsync("article-due", "{}", TimeSpan.FromDays(2), Stop);
        await storage.Queues.SendAsync("announce", "{}", TimeSpan.Zero, Stop);
        Assert.Equal(HealthStatus.Healthy, (await LookAsync()).Status);

        time.Advance(TimeSpan.FromMinutes(16));
        var health = await LookAsync();

        Assert.Equal(HealthStatus.Degraded, health.Status);
        var stuck = Assert.Single(health.Checks, one => one.Status != HealthStatus.Healthy);
        Assert.Equal(("queue", "announce", 1L, 960.0), (stuck.Name, stuck.Queue, stuck.Depth, stuck.OldestSeconds));
        Assert.Equal((1L, 0.0), health.Checks.Where(one => one.Queue == "article-due").Select(one => (one.Depth!.Value, one.OldestSeconds!.Value)).Single());

        await storage.Queues.DeleteAsync(Assert.Single(await storage.Queues.ReceiveAsync("announce", 1, TimeSpan.FromMinutes(1), Stop)).Receipt, Stop);
        Assert.Equal(HealthStatus.Healthy, (await LookAsync()).Status);
    }

    [Fact]
    public async Task A_poison_message_is_told_of()
    {
        await Poison(storage.Tables, storage.Queues).KeepAsync("announce", "{}", Stop);

        var health = await LookAsync();

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal(1, Assert.Single(health.Checks, one => one.Status != HealthStatus.Healthy && one.Name == "poison").Depth);
    }

    [Fact]
    public async Task A_timer_that_has_not_run_for_long_is_told_of()
    {
        Columns last = new() { { "last", time.GetUtcNow() }, { "schedule", "0 * * * * *" } };
        await storage.Tables.CommitAsync("timers", "PublishDueArticles", [new TableOperation.Upsert("last", last)], Stop);
        time.Advance(TimeSpan.FromMinutes(16));

        var health = await LookAsync();

        Assert.Equal("timer", Assert.Single(health.Checks, one => one.Status == HealthStatus.Degraded).Name);
    }

    [Fact]
    public async Task Storage_that_fails_is_unhealthy_and_its_words_are_kept()
    {
        var tables = new MemoryTables { Failing = () => new InvalidOperationException("10.0.0.7 refused AccountKey=secret") };

        var (status, body) = await AnswerAsync(Check(tables, storage.Queues));

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, status);
        Assert.DoesNotContain("10.0.0.7", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        var health = JsonNode.Parse(body)!;
        Assert.Equal("unhealthy", (string?)health["status"]);
        Assert.Equal("unhealthy", (string?)health["checks"]!.AsArray().Single(check => (string?)check!["name"] == "storage")!["status"]);
        Assert.All(health["checks"]!.AsArray().Where(check => (string?)check!["name"] == "queue"), check => Assert.Equal("healthy", (string?)check!["status"]));
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_unhealthy_within_seconds()
    {
        var tables = new Mock<ITableStore>();
        tables.Setup(store => store.GetAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>())).Returns(new TaskCompletionSource<TableRow?>().Task);

        var health = await Check(tables.Object, storage.Queues).RunAsync(Stop).WaitAsync(TimeSpan.FromMinutes(2), Stop);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
    }

    [Fact]
    public async Task A_flood_of_questions_looks_once()
    {
        var writes = 0;
        var check = Check(new WatchedTables(storage.Tables, () => Interlocked.Increment(ref writes)), storage.Queues);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => check.RunAsync(Stop)));
        Assert.Equal(1, writes);

        time.Advance(CheckHealth.KeptFor);
        await check.RunAsync(Stop);
        Assert.Equal(2, writes);
    }

    // A machine that is busy for seconds gives no answer in time, and is rightly told of: it is asked again.
    private async Task<Health> LookAsync()
    {
        while (true)
        {
            var health = await Check(storage.Tables, storage.Queues).RunAsync(Stop);
            if (health.Checks.All(check => check.Reason != "There was no answer in time."))
            {
                return health;
            }
        }
    }

    private CheckHealth Check(ITableStore tables, IQueueStore queues) => new(tables, storage.Blobs, queues, Poison(tables, queues), time);

    private PoisonStore Poison(ITableStore tables, IQueueStore queues) => new(tables, queues, time, NullLogger<PoisonStore>.Instance);

    private static async Task<(int Status, string Body)> AnswerAsync(CheckHealth check)
    {
        using var body = new MemoryStream();
        await using var services = new ServiceCollection().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        await (await new HealthFunctions(check).Get(context.Request, Stop)).ExecuteAsync(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
