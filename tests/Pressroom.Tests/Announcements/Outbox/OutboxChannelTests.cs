using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Announcements;
using Pressroom.Announcements.Outbox;

namespace Pressroom.Tests.Announcements.Outbox;

public sealed class OutboxChannelTests : IDisposable
{
    private static readonly DateTimeOffset QueuedAt = new(2026, 11, 24, 7, 0, 5, TimeSpan.FromHours(1));
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 6, 0, 9, TimeSpan.Zero));
    private readonly string folder = Directory.CreateTempSubdirectory("pressroom-outbox").FullName;
    private readonly OutboxChannel channel;

    public OutboxChannelTests() => channel = OutboxChannel.Create(Sample.Settings("outbox", null), folder, time);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_announcement_is_a_file_for_machines_and_one_for_people()
    {
        var sent = Assert.IsType<SendOutcome.Sent>(await SendAsync(Sample.Arabic, 1));

        var name = $"20261124T060005Z-{Sample.Arabic.ArticleId}-our_outbox";
        Assert.Equal(new SendOutcome.Sent(name, null), sent);
        Assert.Equal([$"{name}.json", $"{name}.txt"], Files());
        var record = Read(name);
        Assert.Equal(("our outbox", "sent", QueuedAt), (record.GetProperty("channel").GetString(), record.GetProperty("state").GetString(), record.GetProperty("queuedAt").GetDateTimeOffset()));
        var post = record.GetProperty("post");
        Assert.Equal((Sample.Arabic.Title, Sample.Arabic.Summary, Sample.Arabic.Url, "ar", "rtl"), (
            post.GetProperty("title").GetString(), post.GetProperty("text").GetString(), post.GetProperty("url").GetString(),
            post.GetProperty("language").GetString(), post.GetProperty("direction").GetString()));
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "announcements", $"{name}.txt"), TestContext.Current.CancellationToken);
        Assert.Equal($"our outbox · sent · 2026-11-24 06:00:05 UTC · ar\n\n{Sample.Arabic.Title}\n\n{Sample.Arabic.Summary}\n\n{Sample.Arabic.Url}\nتغير المناخ\n", text);
    }

    [Fact]
    public async Task Writing_again_writes_the_same_files()
    {
        await SendAsync(Sample.English, 1);
        var before = Files().Select(file => File.ReadAllText(Path.Combine(folder, "announcements", file))).ToList();
        time.Advance(TimeSpan.FromHours(1));

        var attempt = new Attempt(Sample.English.ArticleId, channel.Compose(Sample.English).Payload, null, 2, QueuedAt, QueuedAt);
        Assert.IsType<SendOutcome.Sent>(await channel.ResumeAsync(attempt, TestContext.Current.CancellationToken));
        Assert.True(channel.CanSettle);

        Assert.Equal(2, before.Count);
        Assert.Equal(before, Files().Select(file => File.ReadAllText(Path.Combine(folder, "announcements", file))));
    }

    [Fact]
    public async Task Edits_and_deletions_rewrite_the_files()
    {
        var sent = Assert.IsType<SendOutcome.Sent>(await SendAsync(Sample.English, 1));
        var post = new SentPost(Sample.English.ArticleId, sent.RemoteId, null, channel.Compose(Sample.English).Payload, time.GetUtcNow());
        time.Advance(TimeSpan.FromHours(1));

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Sample.English with { Title = "Harbour open" }), TestContext.Current.CancellationToken));
        var edited = Read(sent.RemoteId!);
        Assert.Equal(("edited", "Harbour open", QueuedAt, time.GetUtcNow()), (
            edited.GetProperty("state").GetString(), edited.GetProperty("post").GetProperty("title").GetString(),
            edited.GetProperty("queuedAt").GetDateTimeOffset(), edited.GetProperty("changedAt").GetDateTimeOffset()));

        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, TestContext.Current.CancellationToken));
        Assert.Equal("deleted", Read(sent.RemoteId!).GetProperty("state").GetString());
        Assert.Equal(2, Files().Count);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_tried_later_and_named_nowhere()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "announcements"), "in the way", TestContext.Current.CancellationToken);

        Assert.Equal("The outbox folder could not be written to.", Assert.IsType<SendOutcome.TryLater>(await SendAsync(Sample.English, 1)).Reason);
    }

    [Fact]
    public void The_longest_text_still_fits_a_payload()
    {
        var post = channel.Compose(Sample.English with { OwnText = string.Concat(Enumerable.Repeat("\"quoted\"\n", 6_000)) });

        Assert.InRange(post.Payload.Length, 29_900, 30_000);
    }

    private Task<SendOutcome> SendAsync(Announcement announcement, int number) => channel.SendAsync(
        new Attempt(announcement.ArticleId, channel.Compose(announcement).Payload, null, number, QueuedAt, null), TestContext.Current.CancellationToken);

    private List<string> Files() => [.. Directory.GetFiles(Path.Combine(folder, "announcements")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private JsonElement Read(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "announcements", $"{name}.json")));
}
