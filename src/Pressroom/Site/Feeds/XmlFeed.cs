using System.Globalization;
using System.Text;
using System.Xml;

namespace Pressroom.Site.Feeds;

/// <summary>XML as feeds and sitemaps want it: UTF-8, and no character that XML forbids.</summary>
internal static class XmlFeed
{
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" };

    public static byte[] Write(Action<XmlWriter> write)
    {
        using var stream = new MemoryStream(16 * 1024);
        using (var xml = XmlWriter.Create(stream, Settings))
        {
            xml.WriteStartDocument();
            write(xml);
            xml.WriteEndDocument();
        }

        return stream.ToArray();
    }

    public static void Element(this XmlWriter xml, string name, string? text)
    {
        if (text is not null)
        {
            xml.WriteElementString(name, Allowed(text));
        }
    }

    /// <summary>Plain text in RSS: "&amp;" and "&lt;" as numbers, which readers that decode twice do not take for markup
    /// (RSS Advisory Board profile).</summary>
    public static void PlainElement(this XmlWriter xml, string name, string text)
    {
        xml.WriteStartElement(name);
        var rest = Allowed(text).AsSpan();
        while (rest.IndexOfAny('&', '<') is >= 0 and var at)
        {
            xml.WriteString(rest[..at].ToString());
            xml.WriteCharEntity(rest[at]);
            rest = rest[(at + 1)..];
        }

        xml.WriteString(rest.ToString());
        xml.WriteEndElement();
    }

    public static void Html(this XmlWriter xml, string html) => xml.WriteCData(Allowed(html));

    /// <summary>UTC in the form of RFC 3339.</summary>
    public static string Rfc3339(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>UTC in the form of RFC 822, with four digits of the year.</summary>
    public static string Rfc822(DateTimeOffset moment) => moment.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture);

    public static string Allowed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!XmlConvert.IsXmlChar(text[i]))
            {
                return Filtered(text);
            }
        }

        return text;
    }

    private static string Filtered(string text)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value > 0xFFFF || XmlConvert.IsXmlChar((char)rune.Value))
            {
                allowed.Append(rune.ToString());
            }
        }

        return allowed.ToString();
    }
}
