using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Pressroom.Comments;
using Pressroom.Deliveries;
using Pressroom.Storage.Embedded;
using Pressroom.Telemetry;

namespace Pressroom.Tests.Telemetry;

/// <summary>The trace in a message's text.</summary>
public sealed class TraceContextTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_message_carries_the_senders_span_and_stays_what_it_was()
    {
        var message = new CommentMessage("article", "comment", 2);
        using var span = Begin("vendor=\"a\\b\"");

        var text = TraceContext.AddTo(message.ToJson());

        var read = JsonSerializer.Deserialize<CommentMessage>(text, JsonSerializerOptions.Web)!;
        Assert.Equal(message with { Traceparent = span.Id, Tracestate = "vendor=\"a\\b\"" }, read);
        Assert.Equal((span.TraceId, span.SpanId, true), (TraceContext.Of(text).TraceId, TraceContext.Of(text).SpanId, TraceContext.Of(text).IsRemote));
        Assert.Equal(message.ToJson(), TraceContext.RemoveFrom(text));
        Assert.Equal(message.ToJson(), TraceContext.RemoveFrom(read.ToJson()));
    }

    [Fact]
    public void A_message_that_is_sent_again_keeps_its_trace()
    {
        string text;
        using (Begin())
        {
            text = TraceContext.AddTo("{\"id\":1}");
        }

        using var later = Begin();
        Assert.Equal(text, TraceContext.AddTo(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no JSON")]
    [InlineData("{ broken")]
    public void What_is_no_object_with_properties_is_left_alone(string text)
    {
        using var span = Begin();

        Assert.Equal(text, TraceContext.AddTo(text));
        Assert.Equal(default, TraceContext.Of(text));
        Assert.Equal(text, TraceContext.RemoveFrom(text));
    }

    [Fact]
    public void Without_a_span_a_message_is_left_alone()
    {
        Activity.Current = null;
        Assert.Equal("{\"id\":1}", TraceContext.AddTo("{\"id\":1}"));
    }

    [Fact]
    public void A_traceparent_that_is_none_begins_a_trace() => Assert.Equal(default, TraceContext.Parse("00-nonsense", null));

    [Fact]
    public async Task The_same_message_of_two_traces_is_one_poison_message()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        await using (var storage = EmbeddedStorage.Open(folder.FullName, TimeProvider.System))
        {
            var poison = new PoisonStore(storage.Tables, storage.Queues, TimeProvider.System, NullLogger<PoisonStore>.Instance);
            await poison.KeepAsync("announce", "{\"id\":1}", Stop);
            for (var trace = 0; trace < 2; trace++)
            {
                using var span = Begin();
                await poison.KeepAsync("announce", TraceContext.AddTo("{\"id\":1}"), Stop);
            }

            Assert.Equal(1, await poison.CountAsync(10, Stop));
        }

        folder.Delete(recursive: true);
    }

    private static Activity Begin(string? state = null) => new Activity("test") { TraceStateString = state }.SetIdFormat(ActivityIdFormat.W3C).Start();
}
