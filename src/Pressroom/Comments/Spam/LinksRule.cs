using System.Globalization;
using System.Net;

namespace Pressroom.Comments.Spam;

/// <summary>Judges by how many links a comment has, where they lead, and whether its author's name is one.</summary>
internal sealed class LinksRule : ISpamSignal
{
    private const int ManyHosts = 3;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        var links = comment.Links.Select(link => Uri.TryCreate(link, UriKind.Absolute, out var url) ? url : null).OfType<Uri>().ToList();
        var traits = new Traits("links");
        traits.Add(links.Count > 0, PointsFor(links.Count), links.Count == 1 ? "a link" : string.Create(CultureInfo.InvariantCulture, $"{links.Count} links"));
        var hosts = links.Select(link => link.IdnHost).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        traits.Add(hosts > ManyHosts, 1, string.Create(CultureInfo.InvariantCulture, $"{hosts} different hosts"));
        traits.Add(links.Any(link => IPAddress.TryParse(link.Host.Trim('[', ']'), out _)), 1.5, "a link to a bare IP address");
        traits.Add(links.Any(link => link.UserInfo.Length > 0), 1.5, "a link that pretends to lead elsewhere");
        traits.Add(FoldedText.Of(comment.Name).Words.Any(word => word.Place is WordPlace.Host), 2.5, "a link in the name");
        return traits.AsFindings();
    }

    private static double PointsFor(int links) => links switch
    {
        1 => 0.5,
        2 => 1,
        <= 4 => 2,
        <= 9 => 3,
        _ => 4,
    };
}
