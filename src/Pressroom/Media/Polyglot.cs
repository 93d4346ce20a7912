using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Pressroom.Media;

/// <summary>Finds out whether a picture's file is a file of another kind too: what one program shows as a picture, another unpacks or runs.</summary>
/// <remarks>Cameras and telephones hang films, depth maps and further pictures on to their photographs, and screenshots have been left with rests
/// of others. Such a file is no polyglot, and nothing of that comes through either, as a picture is made anew of its pixels.</remarks>
internal static class Polyglot
{
    // Readers of PDF look for its header so far: ISO 32000-1, annex H, note 13.
    private const int PdfHeaderWithin = 1_024;

    // What a script must show of itself after the comment that hides the picture, to be told from chance.
    private const int ScriptShown = 8;

    // Each after a "<".
    private static readonly string[] Markup = ["script", "?php", "!doctype html", "html"];
    private static readonly SearchValues<byte> Text = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => (byte)letter), .. "\t\r\n"u8]);

    // Of archives, programs and documents, by their first bytes.
    private static readonly byte[][] Signatures =
    [
        [.. "PK"u8, 3, 4], [.. "Rar!"u8], [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], [0x1F, 0x8B, 8], [.. "BZh"u8], [0xFD, .. "7zXZ"u8],
        [.. "MZ"u8], [0x7F, .. "ELF"u8], [0xCA, 0xFE, 0xBA, 0xBE], [0xCF, 0xFA, 0xED, 0xFE], [.. "%PDF-"u8],
    ];

    /// <summary>What else the file is: "a ZIP archive"; null where it is a picture and no more, or too damaged to tell.</summary>
    public static string? Find(ReadOnlySpan<byte> file, PictureType type) =>
        file[..Math.Min(PdfHeaderWithin, file.Length)].IndexOf("%PDF-"u8) >= 0 ? "a PDF document"
        : HasZipDirectory(file) ? "a ZIP archive"
        : IsScript(file) ? "a script"
        : HasMarkup(file) ? "a web page or a script"
        : PictureEnd.Of(file, type) is { } end ? FindBehind(file[end..])
        : null;

    private static string? FindBehind(ReadOnlySpan<byte> rest)
    {
        rest = rest.Trim("\0 \t\r\n"u8);
        foreach (var signature in Signatures)
        {
            if (rest.StartsWith(signature))
            {
                return "an archive, a program or a document, which is hung on to it";
            }
        }

        return rest.Length > 0 && !rest.ContainsAnyExcept(Text) ? "a text, which is hung on to it" : null;
    }

    // APPNOTE.TXT of the ZIP format, section 4.3.16: the record at the end, which a comment of 65,535 bytes may follow, and which tells
    // how long the directory before it is.
    private static bool HasZipDirectory(ReadOnlySpan<byte> file)
    {
        const int recordLength = 22;
        var last = file[Math.Max(0, file.Length - recordLength - ushort.MaxValue)..];
        for (var at = last.LastIndexOf("PK\u0005\u0006"u8); at >= 0; at = last[..at].LastIndexOf("PK\u0005\u0006"u8))
        {
            var before = file[..(file.Length - last.Length + at)];
            if (at + recordLength <= last.Length
                && BinaryPrimitives.ReadUInt32LittleEndian(last[(at + 12)..]) is var length
                && length <= before.Length
                && (length == 0 || before[^(int)length..].StartsWith("PK\u0001\u0002"u8)))
            {
                return true;
            }
        }

        return false;
    }

    // JavaScript that takes the picture for a comment: "GIF89a/*", the picture, "*/=1;alert(1)".
    private static bool IsScript(ReadOnlySpan<byte> file)
    {
        const int opensWithin = 16;
        var opened = file[..Math.Min(opensWithin, file.Length)].IndexOf("/*"u8);
        if (opened < 0)
        {
            return false;
        }

        var rest = file[(opened + 2)..];
        for (var closed = rest.IndexOf("*/"u8); closed >= 0; closed = rest.IndexOf("*/"u8))
        {
            rest = rest[(closed + 2)..];
            if (rest.Length >= ScriptShown && !rest[..ScriptShown].ContainsAnyExcept(Text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasMarkup(ReadOnlySpan<byte> file)
    {
        while (file.IndexOf((byte)'<') is >= 0 and var opened)
        {
            file = file[(opened + 1)..];
            foreach (var tag in Markup)
            {
                if (file.Length >= tag.Length && Ascii.EqualsIgnoreCase(file[..tag.Length], tag))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
