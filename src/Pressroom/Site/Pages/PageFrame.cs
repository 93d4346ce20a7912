using System.Security.Cryptography;
using System.Text;
using Pressroom.Articles;
using Pressroom.Site.Lists;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

/// <summary>Makes what all pages have around their contents: header, footer, and the parts of the head that do not depend on the page.</summary>
internal sealed class PageFrame
{
    private readonly Theme theme;
    private readonly SiteSettings site;
    private readonly string homeUrl;
    private readonly string apiUrl;
    private readonly string styleUrl;
    private readonly string iconUrl;
    private readonly string formAction;
    private readonly IReadOnlyList<FeedView> feeds;
    private readonly IReadOnlyList<FollowView> follow;

    public PageFrame(Theme theme, SiteSettings site, IReadOnlyList<ChannelSettings> channels)
    {
        this.theme = theme;
        this.site = site;
        var links = new SiteLinks(site);
        homeUrl = links.Href("");
        apiUrl = site.ApiBaseUrl.AbsoluteUri.TrimEnd('/');
        styleUrl = AssetUrl("style.css");
        iconUrl = AssetUrl("icon.svg");
        feeds = [.. links.Feeds(ListKey.Home, site.Title).Select(feed => feed with { Url = links.RelativeTo(feed.Url) })];
        follow = [.. channels.Where(channel => channel.ProfileUrl is not null).Select(channel => new FollowView(NameOf(channel), channel.Kind, channel.ProfileUrl!.AbsoluteUri))];

        formAction = site.ApiBaseUrl.GetLeftPart(UriPartial.Authority);

        string AssetUrl(string name) => links.Href(theme.Assets.First(asset => asset.Name == name).Path);
    }

    public FrameView For(Language language, IReadOnlyList<LanguageLinkView> languages, HeadView head)
    {
        var texts = theme.TextsFor(language, site.Language);
        var textsLanguage = texts.Language.Primary == language.Primary ? "" : PageRenderer.LanguageAttributes(texts.Language, language);
        return new FrameView(
            site.Title, new RawHtml(PageRenderer.LanguageAttributes(site.Language, language)), homeUrl, styleUrl, iconUrl, language.Tag, language.Direction, head with { ContentSecurityPolicy = ContentSecurityPolicy(head.JsonLd) }, texts,
            new RawHtml(textsLanguage), languages, feeds, follow, apiUrl);
    }

    // A second wall behind the sanitiser: even if script got into a page, a browser would not run it. The JSON-LD is data and needs no
    // leave, but checkers that do not tell it from a script want to see its hash.
    private string ContentSecurityPolicy(RawHtml? jsonLd)
    {
        var script = jsonLd is { } data ? $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(data.Text)))}'" : "'none'";
        return $"script-src {script}; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'self' {formAction}";
    }

    // The operator's own name for a channel, unless it is only its kind.
    private static string NameOf(ChannelSettings channel) => !string.Equals(channel.Name, channel.Kind, StringComparison.OrdinalIgnoreCase)
        ? channel.Name
        : channel.Kind.ToLowerInvariant() switch
        {
            "linkedin" => "LinkedIn",
            "websub" => "WebSub",
            "x" => "X",
            var kind => char.ToUpperInvariant(kind[0]) + kind[1..],
        };
}
