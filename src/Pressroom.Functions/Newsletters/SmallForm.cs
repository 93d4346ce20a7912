using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Pressroom.Articles;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Newsletters;

/// <summary>A form of few and short fields, as browsers and mail programs post it: URL-encoded or multipart.</summary>
internal sealed class SmallForm
{
    public const int MostBytes = 16 * 1024;

    private static readonly FormOptions Limits = new()
    {
        BufferBodyLengthLimit = MostBytes,
        MultipartBodyLengthLimit = MostBytes,
        KeyLengthLimit = 64,
        ValueLengthLimit = 2_000,
        ValueCountLimit = 64,
        MultipartHeadersCountLimit = 4,
        MultipartHeadersLengthLimit = 1_024,
    };

    private readonly IFormCollection fields;

    private SmallForm(IFormCollection fields) => this.fields = fields;

    public static bool IsFormType(HttpRequest request) =>
        request.ContentType is { } type
        && (type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase));

    /// <summary>The form, or the refusal: no form, too large, or broken.</summary>
    public static async Task<(SmallForm? Form, Answer? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!IsFormType(request))
        {
            return (null, Problems.UnsupportedMediaType("application/x-www-form-urlencoded"));
        }

        if (request.ContentLength > MostBytes)
        {
            return (null, Problems.TooLarge("body", "A form has at most 16,384 bytes."));
        }

        try
        {
            return (new SmallForm(await new FormFeature(request, Limits).ReadFormAsync(cancellation)), null);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return (null, Problems.Invalid("body", "It is no form of few and short fields."));
        }
        catch (BadHttpRequestException broken)
        {
            return (null, broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.TooLarge("body", "A form has at most 16,384 bytes.")
                : Problems.Invalid("body", "It ends before it is complete."));
        }
    }

    /// <summary>A field's value; null where it is absent, empty, or has control characters.</summary>
    public string? Value(string name) =>
        fields.TryGetValue(name, out var values) && values.FirstOrDefault()?.Trim() is { Length: > 0 } value && !value.Any(char.IsControl) ? value : null;

    /// <summary>A language; null where it is absent or none.</summary>
    public Language? Language(string name) => Pressroom.Articles.Language.TryParse(Value(name), out var language) ? language : null;

    /// <summary>The slugs of a field that may be there several times; what is none is left out.</summary>
    public IReadOnlyList<string> Slugs(string name) => Topics.Slugs(fields.TryGetValue(name, out var values) ? values : StringValues.Empty);
}

/// <summary>Sections as callers name them.</summary>
internal static class Topics
{
    /// <summary>Their slugs, each once; names without a letter or digit are left out.</summary>
    public static IReadOnlyList<string> Slugs(IEnumerable<string?> names) =>
    [
        .. names.Select(name => name is null ? null : Slug.From(name)?.Value).OfType<string>().Distinct(StringComparer.Ordinal)
            .Take(Pressroom.Newsletters.Subscribers.SubscriberRules.MostSections),
    ];
}
