using System.Text;
using System.Xml;

namespace Pressroom.Site.Feeds;

/// <summary>Makes XML files: UTF-8 without a byte order mark, and without the characters that XML 1.0 forbids.</summary>
internal static class XmlFile
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        IndentChars = "  ",
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.None,
    };

    public static byte[] Write(Action<XmlWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            xml.WriteStartDocument();
            write(xml);
            xml.WriteEndDocument();
        }

        return bytes.ToArray();
    }

    /// <summary>An element with text.</summary>
    public static void Text(this XmlWriter xml, string name, string text) => xml.WriteElementString(name, Legal(text));

    /// <summary>An element of another namespace with text.</summary>
    public static void Text(this XmlWriter xml, string prefix, string name, string ns, string text) => xml.WriteElementString(prefix, name, ns, Legal(text));

    /// <summary>The text without control characters, lone surrogates and non-characters (XML 1.0, section 2.2).</summary>
    public static string Legal(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (XmlConvert.IsXmlChar(text[index]))
            {
                continue;
            }

            if (index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index]))
            {
                index++;
                continue;
            }

            return Filter(text);
        }

        return text;
    }

    private static string Filter(string text)
    {
        var legal = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value))
            {
                legal.Append(rune.ToString());
            }
        }

        return legal.ToString();
    }
}
