using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Newsletters.Mail;

/// <summary>The name of one mail: the same for the same batch and recipient, and for no other. Good in a Message-ID and as a file's name.</summary>
internal static class MailName
{
    private const int MostLength = 150;

    public static string Of(string batchId, string recipientId)
    {
        var name = $"{Escape(batchId)}.{Escape(recipientId)}";
        return name.Length <= MostLength ? name : Hash(name);
    }

    /// <summary>32 hex digits that nothing in the mail's text has by chance.</summary>
    public static string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    // Letters, digits and hyphens stay; each other byte becomes _hh. So the dot between the two is the only one.
    private static string Escape(string id)
    {
        var escaped = new StringBuilder(id.Length);
        foreach (var b in Encoding.UTF8.GetBytes(id))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b == '-')
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('_').Append(b.ToString("x2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }
}
