using System.Text;
using Pressroom.Storage;

namespace Pressroom.Site.Themes;

/// <summary>The publication's own theme: files in the container <c>theme</c> (on the embedded engine the folder of that name in the data
/// folder), each in place of the default of the same name.</summary>
public static class ThemeFiles
{
    private const string Container = "theme";

    /// <summary>Reads the theme as it is now.</summary>
    /// <exception cref="ThemeException">A file cannot work.</exception>
    public static async Task<Theme> LoadAsync(IBlobStore blobs, CancellationToken cancellation)
    {
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var name in blobs.ListAsync(Container, "", cancellation))
        {
            if (await blobs.ReadAsync(new BlobPath(Container, name), cancellation) is { } file)
            {
                overrides[name] = Encoding.UTF8.GetString(file.Content.Bytes.Span).TrimStart('\uFEFF');
            }
        }

        return Theme.Load(overrides);
    }
}
