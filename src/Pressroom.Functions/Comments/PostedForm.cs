using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Comments;

/// <summary>A form as browsers post it, URL-encoded or multipart, read strictly: bytes that are no UTF-8, null bytes, files and fields that come
/// twice are complaints, not texts.</summary>
internal static class PostedForm
{
    public const int MostBytes = 160 * 1024;
    private const int MostFields = 32;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly FormOptions Limits = new()
    {
        BufferBodyLengthLimit = MostBytes,
        MultipartBodyLengthLimit = MostBytes,
        KeyLengthLimit = 64,
        ValueLengthLimit = MostBytes,
        ValueCountLimit = MostFields,
        MultipartHeadersCountLimit = 4,
        MultipartHeadersLengthLimit = 1_024,
    };

    public static bool IsFormType(HttpRequest request) => IsUrlEncoded(request) || IsMultipart(request);

    /// <summary>The form's fields, or the refusal. A ticked box is a truth; every other field is text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="boxes">The names of boxes to tick.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<(Fields? Fields, Answer? Refusal)> ReadAsync(HttpRequest request, IReadOnlyCollection<string> boxes, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        var (values, refusal) = IsMultipart(request)
            ? await ReadMultipartAsync(request, errors, cancellation)
            : await ReadUrlEncodedAsync(request, errors, cancellation);
        if (values is null || errors.Any)
        {
            return (null, refusal ?? Problems.Invalid(errors));
        }

        return (AsFields(values, boxes), null);
    }

    /// <summary>The values of a form as fields: those of boxes to tick as truths.</summary>
    public static Fields AsFields(IReadOnlyDictionary<string, string> values, IReadOnlyCollection<string> boxes)
    {
        var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in values)
            {
                if (boxes.Contains(name) && value is "" or "on" or "true" or "1" or "yes")
                {
                    writer.WriteBoolean(name, value.Length > 0);
                }
                else
                {
                    writer.WriteString(name, value);
                }
            }

            writer.WriteEndObject();
        }

        return Fields.Parse(json.ToArray(), out _)!;
    }

    private static bool IsUrlEncoded(HttpRequest request) => IsOf(request, "application/x-www-form-urlencoded");

    private static bool IsMultipart(HttpRequest request) => IsOf(request, "multipart/form-data");

    private static bool IsOf(HttpRequest request, string type) => request.ContentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<(Dictionary<string, string>? Values, Answer? Refusal)> ReadUrlEncodedAsync(
        HttpRequest request, FieldErrors errors, CancellationToken cancellation)
    {
        var (body, refusal) = await JsonBody.ReadBytesAsync(request, MostBytes, cancellation);
        if (body is null)
        {
            return (null, refusal);
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in body.Value.Span.Split((byte)'&'))
        {
            var pair = body.Value.Span[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            if (values.Count == MostFields || Decode(equals < 0 ? pair : pair[..equals]) is not { Length: > 0 and <= 64 } name)
            {
                errors.Add("body", "It is no form of few and short fields.");
                return (null, null);
            }

            if (Decode(equals < 0 ? [] : pair[(equals + 1)..]) is not { } value)
            {
                errors.Add(name, "It is not valid UTF-8.");
            }
            else
            {
                Add(values, name, value, errors);
            }
        }

        return (values, null);
    }

    private static async Task<(Dictionary<string, string>? Values, Answer? Refusal)> ReadMultipartAsync(
        HttpRequest request, FieldErrors errors, CancellationToken cancellation)
    {
        if (request.ContentLength > MostBytes)
        {
            return (null, TooLarge());
        }

        try
        {
            var form = await new FormFeature(request, Limits).ReadFormAsync(cancellation);
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, texts) in form)
            {
                foreach (var text in texts)
                {
                    // What is no UTF-8 has become the sign for it.
                    if (text?.Contains('\uFFFD', StringComparison.Ordinal) == true)
                    {
                        errors.Add(name, "It is not valid UTF-8.");
                    }

                    Add(values, name, text ?? "", errors);
                }
            }

            foreach (var file in form.Files)
            {
                errors.Add(file.Name, "It must be text, not a file.");
            }

            return (values, null);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return (null, Problems.Invalid("body", "It is no form of few and short fields."));
        }
        catch (BadHttpRequestException broken)
        {
            return (null, broken.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Problems.Invalid("body", "It ends before it is complete."));
        }
    }

    private static void Add(Dictionary<string, string> values, string name, string value, FieldErrors errors)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(name, "It has control characters.");
        }

        if (!values.TryAdd(name, value))
        {
            errors.Add(name, "It is there twice.");
        }
    }

    // application/x-www-form-urlencoded of the URL standard, but a broken escape stays what it is and broken UTF-8 is none.
    private static string? Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var at = 0; at < encoded.Length; at++)
        {
            if (encoded[at] == '%' && at + 2 < encoded.Length
                && byte.TryParse(encoded.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes[length++] = value;
                at += 2;
            }
            else
            {
                bytes[length++] = encoded[at] == '+' ? (byte)' ' : encoded[at];
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Answer TooLarge() => Problems.TooLarge("body", "A form has at most 163,840 bytes.");
}
