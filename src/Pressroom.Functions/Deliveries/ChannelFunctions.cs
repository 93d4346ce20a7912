using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Announcements;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Deliveries;

/// <summary>The configured channels.</summary>
[Topic(Topic.Deliveries)]
public sealed class ChannelFunctions(Gate gate, Channels channels, TestChannel test, IReadOnlyList<ChannelSettings> settings)
{
    /// <summary>GET /channels: in the order of the settings, without anything secret.</summary>
    [Function("ListChannels")]
    [Describes(Role.Admin, "List the channels, in the order of the settings")]
    [Answers<ChannelListAnswer>(200, "All of them, without anything secret.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "channels")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            _ => Task.FromResult(Answer.Of(
                200,
                new ChannelListAnswer(channels.All.Select(channel => new ChannelAnswer(
                    channel.Name, channel.Kind, settings.FirstOrDefault(own => own.Name == channel.Name)?.ProfileUrl?.AbsoluteUri)).ToList()),
                ChannelJson.Default.ChannelListAnswer)),
            cancellation);

    /// <summary>POST /channels/{name}/test: sends one post that says it is a test, and answers how that ended.</summary>
    [Function("TestChannel")]
    [Describes(Role.Admin, "Send one post that says it is a test")]
    [Once]
    [Answers<ChannelTestAnswer>(200, "How that ended.")]
    [Refuses("not-found")]
    public Task<IResult> Test([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "channels/{name}/test")] HttpRequest request, string name, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Admin,
            async _ => channels.Find(name) is { } channel
                ? Answer.Of(200, ChannelTestAnswer.Of(await test.RunAsync(channel, cancellation)), ChannelJson.Default.ChannelTestAnswer)
                : Problems.NotFound("channel"),
            cancellation);
}

internal sealed record ChannelAnswer(string Name, string Kind, string? ProfileUrl);

internal sealed record ChannelListAnswer(IReadOnlyList<ChannelAnswer> Items) : IExample<ChannelListAnswer>
{
    public static ChannelListAnswer Example { get; } = new([new ChannelAnswer("mastodon", "mastodon", "https://social.example/@news")]);
}

/// <summary>How a test ended, in the words of the ledger.</summary>
internal sealed record ChannelTestAnswer(
    [Field("How it ended.", Words = ["sent", "failed", "unknown"])] string State,
    [Field("What was posted.")] string Text,
    [Field("The post’s page there.")] string? RemoteUrl,
    [Field("Why it ended so.")] string? Reason) : IExample<ChannelTestAnswer>
{
    public static ChannelTestAnswer Example { get; } = new("sent", "Test of The News https://news.example/", "https://social.example/@news/115604123456789013", null);

    public static ChannelTestAnswer Of(TestOutcome outcome) => new(outcome.State, outcome.Text, outcome.RemoteUrl, outcome.Reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelListAnswer))]
[JsonSerializable(typeof(ChannelTestAnswer))]
internal sealed partial class ChannelJson : JsonSerializerContext;
