using Microsoft.Extensions.Time.Testing;
using Pressroom.Site.Lists;
using Pressroom.Storage.Embedded;

namespace Pressroom.Tests.Lists;

public sealed class RefreshRequestsTests
{
    private static readonly ListKey Tag = new(ListKind.Tag, "t");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_refresh_is_pending_nobody_asks_again_until_its_message_must_be_lost()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using (var storage = EmbeddedStorage.Open(folder.FullName, time))
        {
            var requests = new RefreshRequests(storage.Tables, storage.Queues, time);
            await requests.AskAsync(Tag, Stop);
            await requests.AskAsync(Tag, Stop);
            time.Advance(TimeSpan.FromSeconds(119));
            await requests.AskAsync(Tag, Stop);
            Assert.Equal(1, await TakeAllAsync());

            time.Advance(TimeSpan.FromSeconds(2));
            await requests.AskAsync(Tag, Stop);
            await requests.AskAsync(Tag, Stop);
            Assert.Equal(1, await TakeAllAsync());

            await requests.BeginAsync(Tag, Stop);
            await requests.AskAsync(Tag, Stop);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, await TakeAllAsync());

            async Task<int> TakeAllAsync()
            {
                var messages = await storage.Queues.ReceiveAsync(RefreshList.Queue, 32, TimeSpan.FromMinutes(1), Stop);
                foreach (var message in messages)
                {
                    await storage.Queues.DeleteAsync(message.Receipt, Stop);
                }

                return messages.Count;
            }
        }

        folder.Delete(recursive: true);
    }
}
