using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Site.Lists;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Site;

/// <summary>Has the pages of many articles made again, a hundred at a time: all of them, or one author's.</summary>
public sealed class RebuildSite(ListStore lists, IQueueStore queues)
{
    /// <summary>The queue that asks for it.</summary>
    public const string Queue = "site-rebuild";

    private const int AtOnce = 100;

    /// <summary>Asks for the heads of home and of all articles, and with them the sitemaps, to be made whole, also where no article has changed.</summary>
    public async Task AskForHeadsAsync(CancellationToken cancellation)
    {
        foreach (var list in new[] { ListKey.Home, ListKey.All })
        {
            await queues.SendAsync(RefreshList.QueueOf(list), new RefreshListMessage(list.Value, Whole: true).ToJson(), TimeSpan.Zero, cancellation);
        }
    }

    /// <summary>Asks for all pages of a list's articles to be made again.</summary>
    public Task AskAsync(ListKey list, CancellationToken cancellation) =>
        queues.SendAsync(Queue, new RebuildMessage(list.Value, "").ToJson(), TimeSpan.Zero, cancellation);

    /// <summary>Asks for each article of the message's stretch, and for the next stretch.</summary>
    public async Task RunAsync(RebuildMessage message, CancellationToken cancellation)
    {
        var items = await lists.ItemsAsync(ListKey.Parse(message.List), KeyRange.All with { From = message.From }, AtOnce, cancellation);
        foreach (var item in items)
        {
            var changed = new ArticleChanged(item.Article.Id.Value, 1, ChangeCause.Surroundings).ToJson();
            await queues.SendAsync(ArticleChanged.Queue, changed, TimeSpan.Zero, cancellation);
        }

        if (items.Count == AtOnce)
        {
            var next = message with { From = KeyRange.OlderThan(items[^1].Key).From };
            await queues.SendAsync(Queue, next.ToJson(), TimeSpan.Zero, cancellation);
        }
    }
}

/// <summary>The message that a list's articles are to be made again, from a key on.</summary>
public sealed record RebuildMessage(string List, string From) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RebuildJson.Default.RebuildMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RebuildMessage))]
internal sealed partial class RebuildJson : JsonSerializerContext;
