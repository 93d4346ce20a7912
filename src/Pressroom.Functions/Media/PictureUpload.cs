using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Pressroom.Functions.Comments;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Media;

/// <summary>What an editor sends: a file, the type it is said to have, and what is said of its picture.</summary>
internal sealed record PictureUpload(byte[] File, string? DeclaredType, string? Alt)
{
    /// <summary>The most characters of what a picture shows.</summary>
    public const int MostAltLength = 1_000;

    private const string FileField = "file";
    private const int MostFields = 16;
    private const int MostFieldBytes = 8 * 1024;
    private const int MostBoundaryLength = 70; // RFC 2046, section 5.1.1

    private static readonly TimeSpan LongestUpload = TimeSpan.FromMinutes(3);
    private static readonly string[] Boxes = ["decorative"];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The same for the same upload, whatever boundaries its form has.</summary>
    public byte[] Identity => [.. SHA256.HashData(File), .. Encoding.UTF8.GetBytes($"{DeclaredType}\n{Alt}")];

    /// <summary>Reads a form with one file, or a body that is the file; never more of it than is allowed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mostBytes">The most bytes of the file.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<(PictureUpload? Upload, Answer? Refusal)> ReadAsync(HttpRequest request, int mostBytes, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return (null, UnknownBody());
        }

        var most = mostBytes + (2 * MostFields * MostFieldBytes);
        request.AllowBody(most, new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(most / LongestUpload.TotalSeconds, LongestUpload));
        try
        {
            return type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) ? await ReadFormAsync(request, type, mostBytes, cancellation)
                : type.Type.Equals("image", StringComparison.OrdinalIgnoreCase) ? await ReadBodyAsync(request, type, mostBytes, cancellation)
                : (null, UnknownBody());
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge(mostBytes));
        }
        catch (Exception broken) when (broken is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return (null, Problems.Invalid("body", "It is no form of one file and few and short fields, or ends before it is complete."));
        }
    }

    /// <summary>What a picture shows, or null where it is said to decorate only; anything else is a complaint.</summary>
    public static string? ReadAlt(Fields fields)
    {
        var alt = fields.Line("alt", MostAltLength);
        var isDecorative = fields.Flag("decorative") ?? false;
        fields.RejectUnknown();
        if (alt is null && !isDecorative && !fields.Errors.Any)
        {
            fields.Reject("alt", "Say what the picture shows, for those who cannot see it; or send decorative=true for one that only decorates.");
        }
        else if (alt is not null && isDecorative)
        {
            fields.Reject("alt", "A picture that only decorates has no text.");
        }

        return alt;
    }

    private static async Task<(PictureUpload? Upload, Answer? Refusal)> ReadBodyAsync(
        HttpRequest request, MediaTypeHeaderValue type, int mostBytes, CancellationToken cancellation)
    {
        var values = request.Query.ToDictionary(value => value.Key, value => value.Value.ToString(), StringComparer.Ordinal);
        var fields = PostedForm.AsFields(values, Boxes);
        var alt = ReadAlt(fields);
        if (fields.Errors.Any)
        {
            return (null, Problems.Invalid(fields.Errors));
        }

        return request.ContentLength > mostBytes || await ReadToEndAsync(request.Body, mostBytes, cancellation) is not { } file
            ? (null, TooLarge(mostBytes))
            : (new PictureUpload(file, type.MediaType.Value, alt), null);
    }

    private static async Task<(PictureUpload? Upload, Answer? Refusal)> ReadFormAsync(
        HttpRequest request, MediaTypeHeaderValue type, int mostBytes, CancellationToken cancellation)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= MostBoundaryLength })
        {
            return (null, Problems.Invalid("body", "Its content type names no boundary between the parts."));
        }

        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 2_048 };
        var errors = new FieldErrors();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        (byte[] Bytes, string? Type)? file = null;
        for (var parts = 1; await reader.ReadNextSectionAsync(cancellation) is { } part; parts++)
        {
            if (parts > MostFields || !ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var about))
            {
                throw new InvalidDataException("The form has too many parts, or one without a name.");
            }

            var name = HeaderUtilities.RemoveQuotes(about.Name).Value ?? "";
            if (about.FileName.HasValue || about.FileNameStar.HasValue || name == FileField)
            {
                if (await ReadToEndAsync(part.Body, mostBytes, cancellation) is not { } bytes)
                {
                    return (null, TooLarge(mostBytes));
                }

                if (file is not null)
                {
                    errors.Add(name, "Send one file at a time.");
                }

                file = (bytes, MediaTypeHeaderValue.TryParse(part.ContentType, out var declared) ? declared.MediaType.Value : null);
            }
            else if (await ReadToEndAsync(part.Body, MostFieldBytes, cancellation) is not { } text)
            {
                errors.Add(name, $"It has more than {MostFieldBytes} bytes.");
            }
            else if (!TryDecode(text, out var value) || !values.TryAdd(name, value))
            {
                errors.Add(name, "It is there twice, or is not valid UTF-8.");
            }
        }

        if (file is null)
        {
            errors.Add(FileField, "It is missing.");
        }

        var fields = PostedForm.AsFields(values, Boxes);
        var alt = ReadAlt(fields);
        foreach (var (field, complaints) in fields.Errors.ByField)
        {
            Array.ForEach(complaints, complaint => errors.Add(field, complaint));
        }

        return errors.Any ? (null, Problems.Invalid(errors)) : (new PictureUpload(file!.Value.Bytes, file.Value.Type, alt), null);
    }

    private static bool TryDecode(byte[] text, out string value)
    {
        try
        {
            value = Strict.GetString(text);
            return true;
        }
        catch (DecoderFallbackException)
        {
            value = "";
            return false;
        }
    }

    // Null where there are more bytes than allowed; the rest of them is not read.
    private static async Task<byte[]?> ReadToEndAsync(Stream body, int most, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Min(64 * 1024, most + 1)];
        var length = 0;
        while (await body.ReadAsync(bytes.AsMemory(length), cancellation) is > 0 and var read)
        {
            length += read;
            if (length > most)
            {
                return null;
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, most + 1L));
            }
        }

        Array.Resize(ref bytes, length);
        return bytes;
    }

    private static Answer TooLarge(int mostBytes) =>
        Problems.TooLarge(FileField, string.Create(CultureInfo.InvariantCulture, $"It has more than {mostBytes:N0} bytes."));

    private static Answer UnknownBody() => Problems.UnsupportedMediaType("multipart/form-data with a file, or a picture itself");
}
