using System.Globalization;
using System.Text.Json;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Facebook;

/// <summary>Publishes as Instagram and Threads do: a container is made, read until it is ready, and published, each step kept by the
/// ledger before the next. A container is published once and says so, so that nothing is ever out twice.</summary>
/// <remarks>Sending and resuming are the same: what may be out is marked in the progress before it can be, and a container is always
/// read before it is published.</remarks>
internal sealed class Containers(Graph graph, string network, string account, ContainerNames names, TimeSpan firstLook)
{
    // Instagram and Threads, "troubleshooting": look once a minute, for no more than five minutes.
    private static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);
    private const int MostLooks = 6;
    private const int MostContainers = 3;

    public async Task<SendOutcome> NextAsync(Attempt attempt, ContainerForms forms, CancellationToken cancellation)
    {
        var step = attempt.Progress is { } progress ? Wire.Read<ContainerStep>(progress) : new ContainerStep();
        if (step.Container is null)
        {
            return await MakeAsync(step, forms, cancellation);
        }

        switch (await LookAtAsync(step.Container, cancellation))
        {
            case GraphAnswer.Done container:
                return container.Text(names.Status) switch
                {
                    "PUBLISHED" => await FindAsync(step, attempt, forms, cancellation),
                    "FINISHED" when step.Publishing => await PublishAsync(step, attempt, forms, cancellation),
                    "FINISHED" => Kept(step with { Publishing = true }, TimeSpan.Zero),
                    "IN_PROGRESS" when step.Looks < MostLooks => Kept(step with { Looks = step.Looks + 1 }, NextLook),
                    "IN_PROGRESS" when step.Publishing => new SendOutcome.Unknown($"{network} is still publishing it."),
                    "IN_PROGRESS" => Anew(step, forms, $"{network} did not get it ready in time."),
                    "ERROR" => Anew(step, forms, $"{network} could not use it: {graph.Clean(container.Text(names.Reason) ?? "no reason was given")}."),
                    "EXPIRED" => Anew(step, forms, $"{network} had it for a day without publishing it."),
                    _ when step.Publishing => new SendOutcome.Unknown($"{network} does not say whether it is out."),
                    _ => new SendOutcome.TryLater(null, $"{network} does not say how far it is."),
                };
            case GraphAnswer.Refused { IsGone: true } when !step.Publishing:
                return Anew(step, forms, $"{network} no longer has what was prepared.");
            case GraphAnswer.Refused refused:
                return step.Publishing ? MayBeOut(refused.Reason) : new SendOutcome.Refused(refused.Reason);
            case GraphAnswer.Later later:
                return step.Publishing ? MayBeOut(later.Reason) : new SendOutcome.TryLater(later.After, later.Reason);
            case GraphAnswer.Lost lost:
                return step.Publishing ? MayBeOut(lost.Reason) : new SendOutcome.TryLater(null, lost.Reason);
            case var other:
                throw new InvalidOperationException($"{network} answered {other.GetType().Name}.");
        }
    }

    // Nobody sees a container: one too many, made by a call whose answer was lost, expires in a day.
    private async Task<SendOutcome> MakeAsync(ContainerStep step, ContainerForms forms, CancellationToken cancellation)
    {
        var form = step.Without is null ? forms.Form : forms.WithoutPicture ?? forms.Form;
        return await graph.PostAsync($"{account}/{names.Make}", form, cancellation) switch
        {
            GraphAnswer.Done done when done.Text("id") is { } id => Kept(step with { Container = id, Made = step.Made + 1, Looks = 0 }, firstLook),
            GraphAnswer.Done => new SendOutcome.TryLater(null, $"{network}'s answer was cut."),
            GraphAnswer.Refused { IsAboutAccount: false } refused when step.Without is null && forms.WithoutPicture is not null =>
                Kept(step with { Without = refused.Reason }, TimeSpan.Zero),
            GraphAnswer.Refused refused => new SendOutcome.Refused(refused.Reason),
            GraphAnswer.Later later => new SendOutcome.TryLater(later.After, later.Reason),
            GraphAnswer.Lost lost => new SendOutcome.TryLater(null, lost.Reason),
            var other => throw new InvalidOperationException($"{network} answered {other.GetType().Name}."),
        };
    }

    private static SendOutcome Anew(ContainerStep step, ContainerForms forms, string reason)
    {
        var fresh = step with { Container = null, Publishing = false };
        if (step.Made < MostContainers)
        {
            return Kept(fresh, TimeSpan.Zero);
        }

        return step.Without is null && forms.WithoutPicture is not null
            ? Kept(fresh with { Without = reason, Made = 0 }, TimeSpan.Zero)
            : new SendOutcome.Refused(reason);
    }

    private async Task<SendOutcome> PublishAsync(ContainerStep step, Attempt attempt, ContainerForms forms, CancellationToken cancellation)
    {
        var form = new Dictionary<string, string> { ["creation_id"] = step.Container! };
        switch (await graph.PostAsync($"{account}/{names.Publish}", form, cancellation))
        {
            case GraphAnswer.Done done when done.Text("id") is { } id:
                var permalink = await graph.AskAboutSentAsync($"{id}?fields=permalink", cancellation);
                return Sent(step, id, (permalink as GraphAnswer.Done)?.Text("permalink"));
            case GraphAnswer.Done:
                return await FindAsync(step, attempt, forms, cancellation);
            // Not ready, or not yet known where it is to be published.
            case GraphAnswer.Refused { Code: 9007 or 24 } when step.Looks < MostLooks:
                return Kept(step with { Looks = step.Looks + 1 }, NextLook);
            case GraphAnswer.Refused refused:
                // An earlier call, whose answer was lost, may have been slower than the look at the container.
                return await LookAtAsync(step.Container!, cancellation) switch
                {
                    GraphAnswer.Done container when container.Text(names.Status) == "PUBLISHED" => await FindAsync(step, attempt, forms, cancellation),
                    GraphAnswer.Done => new SendOutcome.Refused(refused.Reason),
                    _ => MayBeOut(refused.Reason),
                };
            case GraphAnswer.Later later:
                return new SendOutcome.TryLater(later.After, later.Reason);
            case GraphAnswer.Lost lost:
                return new SendOutcome.Unknown(lost.Reason);
            case var other:
                throw new InvalidOperationException($"{network} answered {other.GetType().Name}.");
        }
    }

    // It is out, and only its id is to be found.
    private async Task<SendOutcome> FindAsync(ContainerStep step, Attempt attempt, ContainerForms forms, CancellationToken cancellation)
    {
        var recent = await graph.AskAboutSentAsync($"{account}/{names.List}?fields=id,{names.Text},permalink,timestamp&limit=50", cancellation);
        var item = (recent as GraphAnswer.Done)?.Items.FirstOrDefault(item =>
            Words.AreSame(item.Text(names.Text) ?? "", forms.Text) && IsSince(attempt.QueuedAt.AddMinutes(-5), item.Text("timestamp")));
        return item is { ValueKind: JsonValueKind.Object } found && found.Text("id") is { } id
            ? Sent(step, id, found.Text("permalink"))
            : Sent(step, null, null);
    }

    private Task<GraphAnswer> LookAtAsync(string container, CancellationToken cancellation) =>
        graph.GetAsync($"{container}?fields={names.Status},{names.Reason}", cancellation);

    private SendOutcome.Unknown MayBeOut(string reason) => new($"{network} did not say whether it is out. {reason}");

    private SendOutcome.Sent Sent(ContainerStep step, string? id, string? permalink)
    {
        var notes = new[]
        {
            step.Without is null ? null : $"without its picture: {step.Without}",
            id is null ? $"{network} says that it is out, but not where." : null,
        };
        return new SendOutcome.Sent(id, permalink, notes.Any(note => note is not null) ? string.Join(' ', notes.OfType<string>()) : null);
    }

    private static SendOutcome.Progressed Kept(ContainerStep step, TimeSpan after) => new(Wire.Write(step), after);

    // 2026-11-24T04:12:00+0000
    private static bool IsSince(DateTimeOffset earliest, string? timestamp) =>
        !DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || time >= earliest;
}

/// <summary>How far a post is.</summary>
/// <param name="Container">The container that is being made ready; null before it is made.</param>
/// <param name="Publishing">Whether it may have been published.</param>
/// <param name="Made">How many containers were made.</param>
/// <param name="Looks">How often this one was found unready.</param>
/// <param name="Without">Why the picture is left out.</param>
internal sealed record ContainerStep(string? Container = null, bool Publishing = false, int Made = 0, int Looks = 0, string? Without = null);

/// <summary>What is posted for a container, what instead where the picture fails, and the text by which the post is known.</summary>
internal sealed record ContainerForms(IReadOnlyDictionary<string, string> Form, IReadOnlyDictionary<string, string>? WithoutPicture, string Text);

/// <summary>What a network calls the edges and fields.</summary>
internal sealed record ContainerNames(string Make, string Publish, string Status, string Reason, string List, string Text);
