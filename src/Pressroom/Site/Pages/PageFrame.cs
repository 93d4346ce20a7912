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
    private readonly SiteLinks links;
    private readonly string homeUrl;
    private readonly string apiUrl;
    private readonly string styleUrl;
    private readonly string iconUrl;
    private readonly string commentsScriptUrl;
    private readonly string formAction;
    private readonly IReadOnlyList<FeedView> feeds;
    private readonly IReadOnlyList<FollowView> follow;

    public PageFrame(Theme theme, SiteSettings site, IReadOnlyList<ChannelSettings> channels)
    {
        this.theme = theme;
        this.site = site;
        links = new SiteLinks(site);
        homeUrl = links.Href("");
        apiUrl = site.ApiBaseUrl.AbsoluteUri.TrimEnd('/');
        styleUrl = AssetUrl("style.css");
        iconUrl = AssetUrl("icon.svg");
        commentsScriptUrl = AssetUrl("comments.js");
        feeds = [.. links.Feeds(ListKey.Home, site.Title).Select(feed => feed with { Url = links.RelativeTo(feed.Url) })];
        follow = [.. channels.Where(channel => channel.ProfileUrl is not null).Select(channel => new FollowView(NameOf(channel), channel.Kind, channel.ProfileUrl!.AbsoluteUri))];

        formAction = site.ApiBaseUrl.GetLeftPart(UriPartial.Authority);

        string AssetUrl(string name) => links.Href(theme.Assets.First(asset => asset.Name == name).Path);
    }

    /// <summary>Around a page of the site.</summary>
    public FrameView For(Language language, IReadOnlyList<LanguageLinkView> languages, HeadView head) => For(language, languages, head, "'self'");

    /// <summary>Around a page that is served by the API, which may be on another host than the site: all addresses are absolute. It does not
    /// tell other hosts its own address, which may hold a token, and is not for search engines.</summary>
    public FrameView ForApi(Language language, HeadView head)
    {
        var frame = For(
            language, [], head with { Robots = "noindex", Meta = [new MetaView("name", "referrer", "no-referrer")] }, links.Origin + commentsScriptUrl);
        return frame with
        {
            HomeUrl = links.Origin + frame.HomeUrl,
            StyleUrl = links.Origin + frame.StyleUrl,
            IconUrl = links.Origin + frame.IconUrl,
            CommentsScriptUrl = links.Origin + frame.CommentsScriptUrl,
            Feeds = [.. frame.Feeds.Select(feed => feed with { Url = links.Origin + feed.Url })],
        };
    }

    private FrameView For(Language language, IReadOnlyList<LanguageLinkView> languages, HeadView head, string scriptSource)
    {
        var texts = theme.TextsFor(language, site.Language);
        var textsLanguage = texts.Language.Primary == language.Primary ? "" : PageRenderer.LanguageAttributes(texts.Language, language);
        return new FrameView(
            site.Title, new RawHtml(PageRenderer.LanguageAttributes(site.Language, language)), homeUrl, styleUrl, iconUrl, language.Tag, language.Direction,
            head with { ContentSecurityPolicy = ContentSecurityPolicy(head, scriptSource) }, texts, new RawHtml(textsLanguage), languages, feeds, follow, apiUrl,
            commentsScriptUrl);
    }

    // A second wall behind the sanitiser: even if script got into a page, a browser would not run it. The JSON-LD is data and needs no
    // leave, but checkers that do not tell it from a script want to see its hash.
    private string ContentSecurityPolicy(HeadView head, string scriptSource)
    {
        var scripts = new List<string>();
        if (head.HasComments)
        {
            scripts.Add(scriptSource);
        }

        if (head.JsonLd is { } data)
        {
            scripts.Add($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(data.Text)))}'");
        }

        var script = scripts.Count == 0 ? "'none'" : string.Join(' ', scripts);
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
