using System.Text.Json;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Mastodon;

/// <summary>What an instance takes.</summary>
/// <param name="Characters">Of a status.</param>
/// <param name="PerLink">What a link costs, however long it is.</param>
/// <param name="AltCharacters">Of a picture's description.</param>
/// <param name="PictureBytes">Of a picture.</param>
internal sealed record MastodonLimits(int Characters, int PerLink, int AltCharacters, int PictureBytes);

/// <summary>Reads an instance's limits (<c>GET /api/v2/instance</c>), once an hour.</summary>
internal sealed class MastodonInstance(Outbound outbound, TimeProvider time, MastodonSettings own)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    private volatile Reading? last;

    /// <summary>The instance's limits where they are narrower than those in the settings; an instance that does not answer has those.</summary>
    public async Task<MastodonLimits> LimitsAsync(CancellationToken cancellation)
    {
        if (last is { } reading && time.GetUtcNow() - reading.At < Fresh)
        {
            return reading.Limits;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{own.Root}/api/v2/instance");
        if (await outbound.CallAsync(request, cancellation) is not CallOutcome.Answered { IsSuccess: true } answered
            || Wire.ObjectOrNull(answered.Body) is not { } body || !body.TryGetProperty("configuration", out var configuration))
        {
            return own.Limits;
        }

        var limits = new MastodonLimits(
            Math.Min(Number(configuration, "statuses", "max_characters") ?? int.MaxValue, own.Limits.Characters),
            Number(configuration, "statuses", "characters_reserved_per_url") ?? own.Limits.PerLink,
            Math.Min(Number(configuration, "media_attachments", "description_limit") ?? int.MaxValue, own.Limits.AltCharacters),
            Math.Min(Number(configuration, "media_attachments", "image_size_limit") ?? int.MaxValue, own.Limits.PictureBytes));
        last = new Reading(limits, time.GetUtcNow());
        return limits;
    }

    private static int? Number(JsonElement configuration, string part, string name) =>
        configuration.TryGetProperty(part, out var limits) && limits.ValueKind == JsonValueKind.Object
        && limits.TryGetProperty(name, out var limit) && limit.ValueKind == JsonValueKind.Number && limit.TryGetInt32(out var number) && number > 0
            ? number
            : null;

    private sealed record Reading(MastodonLimits Limits, DateTimeOffset At);
}
