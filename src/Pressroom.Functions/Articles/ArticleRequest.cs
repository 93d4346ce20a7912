using System.Text;
using System.Text.Json;
using Pressroom.Articles;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>Reads what an editor says of an article.</summary>
internal static class ArticleRequest
{
    /// <summary>The most bytes of a request: a body of 1 MiB may be written in JSON escapes.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>A whole article: what is not said takes its default.</summary>
    public static ArticleContent ReadNew(Fields fields)
    {
        var blank = new ArticleContent { Title = "", Body = "" };
        var content = Read(fields, blank, _ => true);
        return content;
    }

    /// <summary>A whole article in place of another. Slug, status and date, which readers see as the article's own, stay unless they are said.</summary>
    public static ArticleContent ReadReplacement(Fields fields, ArticleContent current)
    {
        var basis = new ArticleContent { Title = "", Body = "", Slug = current.Slug, Status = current.Status, PublishAt = current.PublishAt };
        return Read(fields, basis, name => name is not ("slug" or "status" or "publishAt") || fields.Has(name));
    }

    /// <summary>A change (JSON Merge Patch, RFC 7396): what is not said stays, what is null takes its default.</summary>
    public static ArticleContent ReadPatch(Fields fields, ArticleContent current) => Read(fields, current, fields.Has);

    private static ArticleContent Read(Fields fields, ArticleContent basis, Func<string, bool> isSaid)
    {
        var content = new ArticleContent
        {
            Title = isSaid("title") ? fields.RequiredLine("title", 300) : basis.Title,
            Body = isSaid("body") ? ReadBody(fields) : basis.Body,
            Format = isSaid("format") ? fields.Choice("format", BodyFormat.Markdown, BodyFormat.Html) ?? BodyFormat.Markdown : basis.Format,
            Summary = isSaid("summary") ? fields.Line("summary", 1_000) : basis.Summary,
            Language = isSaid("language") ? fields.Language("language") : basis.Language,
            Slug = isSaid("slug") ? ReadSlug(fields) : basis.Slug,
            Section = isSaid("section") ? ReadName(fields, "section", 100) : basis.Section,
            Tags = isSaid("tags") ? ReadTags(fields) : basis.Tags,
            Author = isSaid("author") ? ReadName(fields, "author", 200) : basis.Author,
            Image = isSaid("image") ? ReadImage(fields, "image") : basis.Image,
            Source = isSaid("source") ? ReadSource(fields) : basis.Source,
            TranslationOf = isSaid("translationOf") ? ReadTranslationOf(fields) : basis.TranslationOf,
            Status = isSaid("status")
                ? fields.Choice("status", ArticleStatus.Draft, ArticleStatus.Published, ArticleStatus.Scheduled) ?? ArticleStatus.Draft
                : basis.Status,
            PublishAt = isSaid("publishAt") ? fields.Time("publishAt") : basis.PublishAt,
            Announce = isSaid("announce") ? ReadAnnounce(fields) : basis.Announce,
            Newsletter = isSaid("newsletter") ? fields.Flag("newsletter") ?? false : basis.Newsletter,
        };
        fields.RejectUnknown();
        return content;
    }

    /// <summary>A picture: <c>{url, alt}</c>.</summary>
    public static ArticleImage? ReadImage(Fields fields, string name)
    {
        if (fields.Object(name) is not { } image)
        {
            return null;
        }

        var url = image.Url("url");
        if (url is null && !fields.Errors.Any)
        {
            image.Reject("url", "It must not be empty.");
        }

        var alt = image.Line("alt", 1_000);
        image.RejectUnknown();
        return url is null ? null : new ArticleImage(url, alt);
    }

    private static string ReadBody(Fields fields)
    {
        var body = fields.Text("body");
        if (body is null && !fields.Errors.ByField.ContainsKey("body"))
        {
            fields.Reject("body", "It is missing.");
        }
        else if (body is not null && Encoding.UTF8.GetByteCount(body) > ArticleContent.MostBodyBytes)
        {
            fields.Reject("body", TooLargeBody);
        }

        return body ?? "";
    }

    /// <summary>The complaint that makes the answer a 413.</summary>
    public const string TooLargeBody = "It has more than 1 MiB of UTF-8.";

    private static Slug? ReadSlug(Fields fields)
    {
        var text = fields.Line("slug", 200);
        if (text is null)
        {
            return null;
        }

        if (Slug.TryParse(text, out var slug))
        {
            return slug;
        }

        fields.Reject("slug", "It must be letters, digits and single dashes, of at most 200 bytes.");
        return null;
    }

    // A section or author without a letter or digit would have no address.
    private static string? ReadName(Fields fields, string name, int most)
    {
        var text = fields.Line(name, most);
        if (text is not null && Slug.From(text) is null)
        {
            fields.Reject(name, "It needs a letter or digit.");
        }

        return text;
    }

    private static IReadOnlyList<string> ReadTags(Fields fields)
    {
        var tags = fields.Lines("tags", ArticleContent.MostTags, 100);
        if (tags.Any(tag => Slug.From(tag) is null))
        {
            fields.Reject("tags", "Each tag needs a letter or digit.");
        }

        return tags.DistinctBy(tag => Slug.From(tag)).ToList();
    }

    private static SourceCredit? ReadSource(Fields fields)
    {
        if (fields.Object("source") is not { } source)
        {
            return null;
        }

        var credit = new SourceCredit(source.RequiredLine("name", 200), source.Url("url"));
        source.RejectUnknown();
        return credit;
    }

    private static ArticleId? ReadTranslationOf(Fields fields)
    {
        var text = fields.Line("translationOf", 100);
        if (text is null || ArticleId.TryParse(text, out var id))
        {
            return text is null ? null : ArticleId.Parse(text);
        }

        fields.Reject("translationOf", "It must be an article's id.");
        return null;
    }

    private static Announce ReadAnnounce(Fields fields)
    {
        if (!fields.Is("announce", JsonValueKind.Object))
        {
            return fields.Flag("announce") == false ? Announce.Nowhere : Announce.Everywhere;
        }

        var announce = fields.Object("announce")!;
        var channels = announce.Has("channels") ? announce.Lines("channels", 50, 100) : null;
        Dictionary<string, string>? texts = null;
        if (announce.Object("text") is { } text)
        {
            texts = text.Names().ToDictionary(name => name, name => text.Text(name) ?? "", StringComparer.Ordinal);
        }

        announce.RejectUnknown();
        var wish = new Announce(true, channels, texts);
        if (texts is not null && (texts.Values.Sum(own => own.Length) > 16_000 || !wish.CanBeStored))
        {
            announce.Reject("text", "The texts have more than 16,000 characters together, where an emoji counts as many.");
        }

        return wish;
    }
}
