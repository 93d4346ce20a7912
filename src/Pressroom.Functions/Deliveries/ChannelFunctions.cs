using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Announcements;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Deliveries;

/// <summary>The configured channels.</summary>
public sealed class ChannelFunctions(Gate gate, Channels channels, TestChannel test, IReadOnlyList<ChannelSettings> settings)
{
    /// <summary>GET /channels: in the order of the settings, without anything secret.</summary>
    [Function("ListChannels")]
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
    public Task<IResult> Test([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "channels/{name}/test")] HttpRequest request, string name, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Admin,
            async _ => channels.Find(name) is { } channel
                ? Answer.Of(200, await test.RunAsync(channel, cancellation), ChannelJson.Default.TestOutcome)
                : Problems.NotFound("channel"),
            cancellation);
}

internal sealed record ChannelAnswer(string Name, string Kind, string? ProfileUrl);

internal sealed record ChannelListAnswer(IReadOnlyList<ChannelAnswer> Items);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelListAnswer))]
[JsonSerializable(typeof(TestOutcome))]
internal sealed partial class ChannelJson : JsonSerializerContext;
