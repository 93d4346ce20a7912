using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Pressroom.Articles;

namespace Pressroom.LocalHost.Outbox;

/// <summary>The templates in <c>Pages/</c>. All that a model holds is encoded where it is written.</summary>
internal static class OutboxTemplates
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly string Style = Read("style.css");
    private static readonly TemplateOptions Options = MakeOptions();
    private static readonly FrozenDictionary<string, IFluidTemplate> Templates = Parse("frame.liquid", "list.liquid", "mail.liquid");

    /// <summary>The source in a Content-Security-Policy that allows the pages' one stylesheet.</summary>
    public static string StyleHash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}";

    /// <summary>A whole page.</summary>
    public static byte[] Render(string template, string title, object model)
    {
        var content = Templates[template].Render(new TemplateContext(model, Options), Encoder);
        return Encoding.UTF8.GetBytes(Templates["frame.liquid"].Render(new TemplateContext(new FrameModel(title, Style, content), Options), Encoder));
    }

    private static TemplateOptions MakeOptions()
    {
        var options = new TemplateOptions
        {
            MemberAccessStrategy = new DefaultMemberAccessStrategy { MemberNameStrategy = MemberNameStrategies.SnakeCase },
            StrictFilters = true,
            CultureInfo = CultureInfo.InvariantCulture,
        };
        foreach (var model in new[]
        {
            typeof(FrameModel), typeof(ListModel), typeof(Tab), typeof(ListItem), typeof(Moment), typeof(Reading), typeof(MailModel), typeof(MailHeader), typeof(TextRun),
        })
        {
            options.MemberAccessStrategy.Register(model);
        }

        return options;
    }

    private static FrozenDictionary<string, IFluidTemplate> Parse(params string[] names)
    {
        var parser = new FluidParser();
        return names.ToFrozenDictionary(name => name, name => parser.Parse(Read(name)));
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(OutboxTemplates).Assembly.GetManifestResourceStream($"outbox/{name}")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

internal sealed record FrameModel(string Title, string Style, string Content);

/// <summary>The list. <paramref name="Filter"/> is <c>mails</c>, <c>announcements</c> or null; <paramref name="MailService"/> is who sends
/// the mails, where that is not the outbox.</summary>
internal sealed record ListModel(
    IReadOnlyList<Tab> Tabs, IReadOnlyList<ListItem> Items, string? Filter, string? MailService, string Page, string Pages, string? NewerUrl, string? OlderUrl);

internal sealed record Tab(string Name, string Count, string Url, bool IsCurrent);

/// <summary>A mail or an announcement. <paramref name="Url"/> is the mail's page, or the article.</summary>
internal sealed record ListItem(bool IsMail, Moment At, string Title, string? Url, bool IsReadable, string FileName)
{
    public string? From { get; init; }

    public string? To { get; init; }

    public string? Channel { get; init; }

    /// <summary><c>edited</c> or <c>deleted</c>; null as long as it is as it was sent.</summary>
    public string? State { get; init; }

    public string? Text { get; init; }

    /// <summary>The address as people read it.</summary>
    public string? ShownUrl { get; init; }

    public Reading Reading { get; init; } = Reading.In(null);
}

/// <summary>A moment in the newsroom's time, for machines and for people.</summary>
internal sealed record Moment(string Machine, string Words);

/// <summary>How a text is read: in its language and that one's direction, or as its letters suggest where it names none.</summary>
internal sealed record Reading(string? Lang, string Dir)
{
    public static Reading In(string? language) => Language.TryParse(language, out var known) ? new Reading(known.Tag, known.Direction) : new Reading(null, "auto");
}

/// <summary>A mail. Addresses are null where it has no such part.</summary>
internal sealed record MailModel(
    string Subject, Reading Reading, IReadOnlyList<MailHeader> Headers, IReadOnlyList<MailHeader> FurtherHeaders, string? HtmlUrl, string Sandbox,
    IReadOnlyList<TextRun>? Text, string SourceUrl, string FileName);

internal sealed record MailHeader(string Name, string Value)
{
    /// <summary>Whether it is among those that everybody wants to see.</summary>
    public bool IsAbove => Name.ToUpperInvariant() is "FROM" or "TO" or "CC" or "REPLY-TO" or "DATE";
}

/// <summary>A piece of text, which leads somewhere where it has an address.</summary>
internal sealed record TextRun(string Text, string? Url);
