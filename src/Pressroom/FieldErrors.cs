namespace Pressroom;

/// <summary>What is wrong with a request, by the field's path: <c>image.url</c>. Empty for the request as a whole.</summary>
public sealed class FieldErrors
{
    private readonly SortedDictionary<string, List<string>> errors = new(StringComparer.Ordinal);

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => errors.Count > 0;

    /// <summary>The complaints by field.</summary>
    public IReadOnlyDictionary<string, string[]> ByField => errors.ToDictionary(error => error.Key, error => error.Value.ToArray());

    /// <summary>Adds a complaint: a whole sentence for a person to read.</summary>
    public void Add(string field, string complaint)
    {
        if (!errors.TryGetValue(field, out var complaints))
        {
            errors[field] = complaints = [];
        }

        complaints.Add(complaint);
    }
}
