using System.Text.Json.Nodes;
using Pressroom.Newsletters;

namespace Pressroom.People;

/// <summary>What one feature holds of people. Each feature brings its own; nothing else knows of it.</summary>
public interface IPersonalData
{
    /// <summary>What the export calls it: <c>subscription</c>, <c>comments</c>, …</summary>
    string Name { get; }

    /// <summary>All that is held of whoever has the address; null where that is nothing.</summary>
    Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation);

    /// <summary>Erases it. Killed in the middle, a repetition goes on; once more is no harm.</summary>
    Task EraseAsync(EmailAddress address, CancellationToken cancellation);
}
