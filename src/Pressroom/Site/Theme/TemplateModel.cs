using System.Globalization;
using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using Fluid.Values;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Pressroom.Site.Body;

namespace Pressroom.Site.Themes;

/// <summary>HTML of our own making, which templates write as it is.</summary>
internal readonly record struct RawHtml(string Text)
{
    public override string ToString() => Text;
}

/// <summary>Marks what templates may read: its properties are theirs in snake case.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
internal sealed class TemplateViewAttribute : Attribute;

/// <summary>What templates can see and call.</summary>
internal static class TemplateModel
{
    public static TemplateOptions Options(IReadOnlyList<ThemeAsset> assets)
    {
        var options = new TemplateOptions
        {
            MemberAccessStrategy = new DefaultMemberAccessStrategy { MemberNameStrategy = MemberNameStrategies.SnakeCase },
            StrictFilters = true,
            CultureInfo = CultureInfo.InvariantCulture,
        };
        foreach (var view in typeof(TemplateModel).Assembly.GetTypes().Where(type => type.IsDefined(typeof(TemplateViewAttribute), inherit: false)))
        {
            options.MemberAccessStrategy.Register(view);
        }

        options.MemberAccessStrategy.Register<ThemeTexts, object>((texts, name) => texts[name]!);
        options.ValueConverters.Add(value => value switch
        {
            string text => new EscapedText(text),
            RawHtml html => new StringValue(html.Text, encode: false),
            _ => null!,
        });
        options.Filters.AddFilter("fill", Fill);
        var paths = assets.ToDictionary(asset => asset.Name, asset => asset.Path);
        options.Filters.AddFilter("asset_path", (input, _, _) => new StringValue(paths.GetValueOrDefault(input.ToStringValue(), "")));
        return options;
    }

    /// <summary><c>{{ texts.by | fill: author: link }}</c> puts a value in the place of <c>{author}</c>; captured HTML stays as it is.</summary>
    private static ValueTask<FluidValue> Fill(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        using var text = new StringWriter();
        HtmlText.Write(text, input.ToStringValue());
        var filled = text.ToString();
        foreach (var name in arguments.Names)
        {
            using var value = new StringWriter();
            var writing = arguments[name].WriteToAsync(value, HtmlEncoder.Default, CultureInfo.InvariantCulture);
            System.Diagnostics.Debug.Assert(writing.IsCompleted, "a string writer never waits");
            filled = filled.Replace($"{{{name}}}", value.ToString(), StringComparison.Ordinal);
        }

        return new StringValue(filled, encode: false);
    }
}

/// <summary>A text that is written with HTML's own characters escaped and all others as they are. (The framework's encoder would also
/// escape no-break spaces and everything beyond the basic plane.)</summary>
internal sealed class EscapedText(string text) : FluidValue
{
    public override FluidValues Type => FluidValues.String;

    public override bool Equals(FluidValue? other) => other is not null && other.Type == FluidValues.String && other.ToStringValue() == text;

    public override bool ToBooleanValue() => true;

    public override decimal ToNumberValue() => decimal.TryParse(text, NumberStyles.Any, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public override string ToStringValue() => text;

    public override object ToObjectValue() => text;

    public override bool Contains(FluidValue value) => text.Contains(value.ToStringValue(), StringComparison.Ordinal);

    public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) => new StringValue(text).GetValueAsync(name, context);

    [Obsolete("The base class has the same note.")]
    public override void WriteTo(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) => HtmlText.Write(writer, text);

    public override ValueTask WriteToAsync(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo)
    {
        HtmlText.Write(writer, text);
        return default;
    }
}

/// <summary>Refuses a template that calls a filter or a partial that there is none of, before a page needs it.</summary>
internal sealed class TemplateCheck(string name, string text, Func<string, bool> exists, TemplateOptions options) : AstVisitor
{
    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!options.Filters.TryGetValue(filterExpression.Name, out _))
        {
            throw Broken(filterExpression.Name, $"there is no filter '{filterExpression.Name}'");
        }

        return base.VisitFilterExpression(filterExpression);
    }

    protected override Statement VisitRenderStatement(RenderStatement renderStatement)
    {
        Require(renderStatement.Path);
        return base.VisitRenderStatement(renderStatement);
    }

    protected override Statement VisitIncludeStatement(IncludeStatement includeStatement)
    {
        if (includeStatement.Path is LiteralExpression literal)
        {
            Require(literal.Value.ToStringValue());
        }

        return base.VisitIncludeStatement(includeStatement);
    }

    private void Require(string partial)
    {
        if (!exists(partial) && !exists(partial + ".liquid"))
        {
            throw Broken(partial, $"there is no partial '{partial}'");
        }
    }

    private ThemeException Broken(string word, string complaint)
    {
        var at = text.IndexOf(word, StringComparison.Ordinal);
        return new ThemeException(name, at < 0 ? null : text.AsSpan(0, at).Count('\n') + 1, complaint);
    }
}

/// <summary>Tells Fluid which templates there are; their parsed forms are in its cache.</summary>
internal sealed class TemplateFiles(IEnumerable<string> names) : IFileProvider
{
    private readonly Dictionary<string, IFileInfo> files = names.ToDictionary(name => name, IFileInfo (name) => new TemplateFile(name), StringComparer.Ordinal);

    public IFileInfo GetFileInfo(string subpath) => files.GetValueOrDefault(subpath) ?? new NotFoundFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    private sealed class TemplateFile(string name) : IFileInfo
    {
        public bool Exists => true;

        public long Length => 0;

        public string? PhysicalPath => null;

        public string Name => name;

        public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

        public bool IsDirectory => false;

        public Stream CreateReadStream() => Stream.Null;
    }
}
