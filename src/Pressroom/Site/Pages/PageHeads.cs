using System.Collections.Frozen;
using System.Globalization;
using Pressroom.Articles;
using Pressroom.Media;
using Pressroom.Site.Body;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Pages;

/// <summary>What search engines, feed readers and social networks read of an article's page.</summary>
internal static class ArticleHead
{
    public static HeadView Of(ArticlePageModel model, LinkView? author, SiteSettings site, SiteLinks links)
    {
        var article = model.Article;
        var description = Excerpt.Cut(article.Summary ?? model.Excerpt);
        var isPublic = !model.Preview && article.Path is not null;
        var url = isPublic ? links.Absolute(article.Path + "/") : null;
        return new HeadView($"{article.Title} – {site.Title}")
        {
            Description = description.Length == 0 ? null : description,
            Canonical = url,
            Robots = model.Preview ? "noindex, nofollow" : "max-image-preview:large",
            Alternates = isPublic && model.Translations.Count > 1 ? Alternates(model, site, links) : [],
            Feeds = isPublic ? Feeds(article, site, links) : [],
            Meta = OpenGraph(model, author, description, url, site, links),
            JsonLd = url is null ? null : StructuredData.Of(model, author, description, url, site, links),
        };
    }

    // All versions, this one among them, and for everyone else the site's own language, or else the original.
    private static List<AlternateView> Alternates(ArticlePageModel model, SiteSettings site, SiteLinks links)
    {
        var versions = model.Translations;
        var forOthers = versions.FirstOrDefault(version => version.Language == site.Language)
            ?? versions.FirstOrDefault(version => version.Id == model.Article.TranslationGroup)
            ?? versions[0];
        return
        [
            .. model.OneOfEachLanguage.Select(version => new AlternateView(version.Language.Tag, Url(version))),
            new AlternateView("x-default", Url(forOthers)),
        ];

        string Url(Translation version) => links.Absolute(version.Path.TrimEnd('/') + "/");
    }

    // Those of home, and one of each list that a reader of this article may want to follow.
    private static List<FeedView> Feeds(Article article, SiteSettings site, SiteLinks links)
    {
        var feeds = links.Feeds(ListKey.Home, site.Title).ToList();
        if (article.Section is { } section && Slug.From(section) is { } slug)
        {
            feeds.Add(links.Feeds(new ListKey(ListKind.Section, slug.Value), $"{section} – {site.Title}")[0]);
        }

        if (article.Language != site.Language)
        {
            feeds.Add(links.Feeds(new ListKey(ListKind.Language, article.Language.Tag), $"{PageRenderer.NameOf(article.Language)} – {site.Title}")[0]);
        }

        return feeds;
    }

    private static List<MetaView> OpenGraph(ArticlePageModel model, LinkView? author, string description, string? url, SiteSettings site, SiteLinks links)
    {
        var article = model.Article;
        var meta = new MetaList();
        meta.Property("og:type", "article");
        meta.Property("og:site_name", site.Title);
        meta.Property("og:title", article.Title);
        meta.Property("og:description", description);
        meta.Property("og:url", url);
        meta.Image(article.Image, site);
        meta.Property("og:locale", SocialLocale.Of(article.Language));
        foreach (var other in model.Translations.Where(other => other.Id != article.Id))
        {
            meta.Property("og:locale:alternate", SocialLocale.Of(other.Language));
        }

        meta.Property("article:published_time", Machine(article.PublishAt ?? article.FirstPublishedAt));
        meta.Property("article:modified_time", Machine(article.CorrectedAt));
        meta.Property("article:author", author?.Url is { } page ? links.Origin + page : null);
        meta.Property("article:section", article.Section);
        foreach (var tag in article.Tags)
        {
            meta.Property("article:tag", tag);
        }

        meta.Name("author", author?.Name);
        meta.Name("twitter:card", article.Image is null ? "summary" : "summary_large_image");
        return meta.Items;

        string? Machine(DateTimeOffset? moment) => moment is { } at ? PageDates.Machine(TimeZoneInfo.ConvertTime(at, site.TimeZone)) : null;
    }
}

/// <summary>The same of a list's page.</summary>
internal static class ListHead
{
    public static HeadView Of(ListView list, string name, string? month, SiteSettings site, SiteLinks links)
    {
        var url = links.Absolute(list.Path);
        var meta = new MetaList();
        meta.Property("og:type", list.List.Kind == ListKind.Author ? "profile" : "website");
        meta.Property("og:site_name", site.Title);
        meta.Property("og:title", list.List.Kind == ListKind.Home ? site.Title : list.Heading);
        meta.Property("og:url", url);
        meta.Property("og:locale", SocialLocale.Of(list.Language));
        meta.Image(list.Author?.Image, site);
        meta.Name("twitter:card", "summary");
        return new HeadView(month is null ? name : $"{month} – {name}")
        {
            Description = list.Author?.Bio is { Length: > 0 } bio && list.Month is null
                ? ArticleBody.Render(bio, BodyFormat.Markdown, list.Language, site.BaseUrl).Excerpt
                : null,
            Canonical = url,
            Feeds = list.List.Kind == ListKind.Home
                ? links.Feeds(list.List, site.Title)
                : [.. links.Feeds(list.List, name), .. links.Feeds(ListKey.Home, site.Title)],
            Meta = meta.Items,
        };
    }
}

internal sealed class MetaList
{
    public List<MetaView> Items { get; } = [];

    public void Property(string name, string? content) => Add("property", name, content);

    public void Name(string name, string? content) => Add("name", name, content);

    public void Image(ArticleImage? image, SiteSettings site)
    {
        Property("og:image", ShownPicture.ToShare(image, site.BaseUrl)?.Url);
        if (ShownPicture.At(image?.Url, site.BaseUrl) is { SharedSize: var (width, height) })
        {
            Property("og:image:width", width.ToString(CultureInfo.InvariantCulture));
            Property("og:image:height", height.ToString(CultureInfo.InvariantCulture));
        }

        Property("og:image:alt", image?.Alt);
    }

    private void Add(string attribute, string name, string? content)
    {
        if (!string.IsNullOrEmpty(content))
        {
            Items.Add(new MetaView(attribute, name, content));
        }
    }
}

/// <summary>Locales in the form of Open Graph: <c>fr_FR</c>.</summary>
internal static class SocialLocale
{
    /// <summary>With the language's own region, or the one that most of its readers are in; null where there is no telling.</summary>
    public static string? Of(Language language)
    {
        var region = language.Tag.Split('-').Skip(1).FirstOrDefault(part => part.Length == 2)
            ?? (language is { Primary: "zh", Script: "Hant" } ? "TW" : Regions.GetValueOrDefault(language.Primary));
        return region is null ? null : $"{language.Primary}_{region}";
    }

    // Arabic of no particular region is AR, as the Open Graph documentation has it.
    private static readonly FrozenDictionary<string, string> Regions = (
        "ar-AR bg-BG bn-BD ca-ES cs-CZ da-DK de-DE el-GR en-US es-ES et-EE fa-IR fi-FI fr-FR he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP "
        + "ka-GE ko-KR lt-LT lv-LV nb-NO nl-NL no-NO pl-PL ps-AF pt-PT ro-RO ru-RU sk-SK sl-SI sq-AL sr-RS sv-SE th-TH tr-TR uk-UA ur-PK vi-VN zh-CN")
        .Split(' ').ToFrozenDictionary(locale => locale[..2], locale => locale[3..]);
}
