using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Fluid;
using Pressroom.Articles;

namespace Pressroom.Site.Themes;

/// <summary>How the site looks and what it says: Liquid templates, a stylesheet and the interface texts of each language.
/// Safe to use from many threads.</summary>
/// <remarks>The files are <c>article.liquid</c>, <c>list.liquid</c>, <c>not-found.liquid</c>, <c>redirect.liquid</c>, <c>partials/*.liquid</c>,
/// <c>style.css</c>, <c>comments.js</c>, <c>icon.svg</c> and <c>texts/{language}.json</c>; what templates see is in TEMPLATES.md beside the defaults' folder.</remarks>
public sealed partial class Theme
{
    // Part of the fingerprint: raise it when the same theme and article would render to other bytes than before.
    private const string RendererVersion = "2";

    private static readonly FluidParser Parser = new();
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly FrozenDictionary<string, string> Defaults = ReadDefaults();

    // Read by several threads at once, Fluid's syntax trees ended the process in an access violation, twice in some hundred test runs.
    private static readonly Lock Parsing = new();
    private static readonly Lazy<Theme> Default = new(() => Read(FrozenDictionary<string, string>.Empty));

    private readonly FrozenDictionary<string, IFluidTemplate> templates;
    private readonly FrozenDictionary<string, ThemeTexts> texts;
    private readonly TemplateOptions options;

    private Theme(SortedDictionary<string, string> files, IReadOnlyDictionary<string, string> overrides)
    {
        Assets = [.. files.Where(file => IsAsset(file.Key)).Select(file => new ThemeAsset(file.Key, file.Value))];
        Fingerprint = Hash(files.SelectMany(file => new[] { file.Key, file.Value }).Prepend(RendererVersion));
        texts = ReadTexts(files, overrides);
        options = TemplateModel.Options(Assets);
        templates = files.Where(file => file.Key.EndsWith(".liquid", StringComparison.Ordinal))
            .ToFrozenDictionary(file => file.Key, file => Parse(file.Key, file.Value));
        foreach (var (name, template) in templates)
        {
            new TemplateCheck(name, files[name], templates.ContainsKey, options).VisitTemplate(template);
        }

        var provider = new TemplateFiles(templates.Keys);
        options.FileProvider = provider;
        foreach (var (name, template) in templates)
        {
            options.TemplateCache.SetTemplate(name, provider.GetFileInfo(name).LastModified, template);
        }
    }

    /// <summary>A hash over all files and the renderer's version: when it differs from the one that the site was rendered with,
    /// every page is to be rendered again.</summary>
    public string Fingerprint { get; }

    /// <summary>What pages refer to, each at a path that changes with its contents.</summary>
    public IReadOnlyList<ThemeAsset> Assets { get; }

    /// <summary>Reads the default theme, with some files replaced or added.</summary>
    /// <param name="overrides">By file name, with "/" between folders: <c>partials/footer.liquid</c>. A texts file need not name every text:
    /// what is missing is taken from the default of its language, or else from the English one.</param>
    /// <exception cref="ThemeException">A file cannot work; the message begins with its name, and its line where that is known.</exception>
    public static Theme Load(IReadOnlyDictionary<string, string> overrides) => overrides.Count == 0 ? Default.Value : Read(overrides);

    /// <summary>Begins to read the default theme, which takes a tenth of a second, while the host is put together.</summary>
    public static void ReadAhead() => ThreadPool.QueueUserWorkItem(_ => _ = Default.Value);

    private static Theme Read(IReadOnlyDictionary<string, string> overrides)
    {
        var files = new SortedDictionary<string, string>(Defaults, StringComparer.Ordinal);
        foreach (var (name, text) in overrides)
        {
            if (!name.EndsWith(".liquid", StringComparison.Ordinal) && !IsAsset(name) && TextsLanguage(name) is null)
            {
                throw new ThemeException(name, null, "is no file of a theme: those are *.liquid, *.css, *.js, *.svg and texts/{language}.json");
            }

            files[name] = text;
        }

        lock (Parsing)
        {
            return new Theme(files, overrides);
        }
    }

    /// <summary>The texts for a page: in its own language, else in the site's, else in English.</summary>
    internal ThemeTexts TextsFor(Language page, Language site) =>
        texts.GetValueOrDefault(page.Tag) ?? texts.GetValueOrDefault(page.Primary)
        ?? texts.GetValueOrDefault(site.Tag) ?? texts.GetValueOrDefault(site.Primary) ?? texts["en"];

    /// <summary>The texts of a language where the theme has some.</summary>
    internal ThemeTexts? TextsOf(Language language) => texts.GetValueOrDefault(language.Tag) ?? texts.GetValueOrDefault(language.Primary);

    /// <summary>Renders a template; all that the model holds is escaped but what is <see cref="RawHtml"/>.</summary>
    internal byte[] Render(string template, object model)
    {
        using var page = new PageBuffer();
        var rendering = templates[template].RenderAsync(page, Encoder, new TemplateContext(model, options));
        if (!rendering.IsCompletedSuccessfully)
        {
            rendering.AsTask().GetAwaiter().GetResult(); // nothing in a template waits: it has failed
        }

        return page.ToUtf8();
    }

    private static IFluidTemplate Parse(string name, string text)
    {
        if (Parser.TryParse(text, out var template, out var error))
        {
            return template;
        }

        var place = ErrorPlace().Match(error);
        var line = place.Success ? int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) : (int?)null;
        throw new ThemeException(name, line, error.Split('\n')[0]);
    }

    private static FrozenDictionary<string, ThemeTexts> ReadTexts(SortedDictionary<string, string> files, IReadOnlyDictionary<string, string> overrides)
    {
        var english = ThemeTexts.Read("texts/en.json", Defaults["texts/en.json"], fallback: null);
        var result = new Dictionary<string, ThemeTexts>();
        foreach (var (name, text) in files)
        {
            if (TextsLanguage(name) is { } language)
            {
                var fallback = overrides.ContainsKey(name) && Defaults.TryGetValue(name, out var original)
                    ? ThemeTexts.Read(name, original, english)
                    : english;
                result[language.Tag] = ThemeTexts.Read(name, text, fallback);
            }
        }

        return result.ToFrozenDictionary();
    }

    private static Language? TextsLanguage(string name) =>
        name.StartsWith("texts/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)
            && Language.TryParse(name["texts/".Length..^".json".Length], out var language)
            ? language
            : null;

    private static bool IsAsset(string name) => ThemeAsset.ContentTypeOf(name) is not null;

    private static FrozenDictionary<string, string> ReadDefaults()
    {
        var assembly = typeof(Theme).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("theme/", StringComparison.Ordinal))
            .ToFrozenDictionary(name => name["theme/".Length..].Replace('\\', '/'), name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            });
    }

    internal static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [GeneratedRegex(@" at \((\d+):\d+\)")]
    private static partial Regex ErrorPlace();
}

/// <summary>A file that pages refer to by a path with its hash in it, so that it may be cached for ever.</summary>
public sealed record ThemeAsset
{
    internal ThemeAsset(string name, string text)
    {
        Name = name;
        Bytes = Encoding.UTF8.GetBytes(text);
        var extension = System.IO.Path.GetExtension(name);
        Path = $"assets/{System.IO.Path.GetFileNameWithoutExtension(name)}-{Theme.Hash([text])[..10]}{extension}";
        ContentType = ContentTypeOf(name)!;
    }

    /// <summary>The theme's name for it: <c>style.css</c>.</summary>
    public string Name { get; }

    /// <summary>Where it is served, without a leading slash: <c>assets/style-0123456789.css</c>.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The header to serve it with.</summary>
    public string ContentType { get; }

    /// <summary>The header to serve it with: a year, since another content has another path.</summary>
    public string CacheControl { get; } = "public, max-age=31536000, immutable";

    /// <summary>Null for a file that pages do not refer to.</summary>
    internal static string? ContentTypeOf(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => null,
    };
}

/// <summary>A theme's file that cannot work. The message begins with its name, and its line where that is known.</summary>
public sealed class ThemeException(string file, int? line, string complaint)
    : Exception(line is null ? $"{file}: {complaint}" : string.Create(CultureInfo.InvariantCulture, $"{file}, line {line}: {complaint}")), IOperatorError
{
    /// <summary>The file's name.</summary>
    public string File { get; } = file;

    /// <summary>The line, counted from 1.</summary>
    public int? Line { get; } = line;
}
