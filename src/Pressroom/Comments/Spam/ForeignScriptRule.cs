using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>Judges by the script of a comment: one that neither the article nor the site is in, and that is not the Latin that readers of
/// every language write as well.</summary>
internal sealed class ForeignScriptRule(SiteSettings site) : ISpamSignal
{
    private const int FewestLetters = 10;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        var (letters, foreign) = (0, 0);
        var (ofArticle, ofSite) = (ScriptSet.Of(comment.ArticleLanguage), ScriptSet.Of(site.Language));
        foreach (var rune in comment.Text.EnumerateRunes())
        {
            var script = ScriptSet.Of(rune);
            if (script is not Script.None)
            {
                letters++;
                foreign += script is Script.Latin || ofArticle.Contains(script) || ofSite.Contains(script) ? 0 : 1;
            }
        }

        var traits = new Traits("script");
        traits.Add(letters >= FewestLetters && foreign * 10 >= letters * 6, 1.5, "mostly letters of a script that is not the article's");
        return traits.AsFindings();
    }
}
