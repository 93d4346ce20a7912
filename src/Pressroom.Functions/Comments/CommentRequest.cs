using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Functions.Http;
using Pressroom.Newsletters;

namespace Pressroom.Functions.Comments;

/// <summary>A reader's comment as it is sent: <c>{name, email, body, parentId?, notify?, website?, submissionId?, token?, language?}</c>.</summary>
internal sealed record CommentRequest
{
    /// <summary>The most bytes of a comment as JSON: its text may be all escapes.</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>The one field that is a box to tick.</summary>
    public static readonly IReadOnlyCollection<string> Boxes = ["notify"];

    private static readonly HashSet<string> Known =
        ["name", "email", "body", "parentId", "notify", "website", "submissionId", "token", "language"];

    private const int MostTextBytes = 32 * 1024;
    private const int MostUserAgent = 300;

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Text { get; init; }

    public required string? ParentId { get; init; }

    public required bool Notify { get; init; }

    public required bool IsTrapped { get; init; }

    public required string? SubmissionId { get; init; }

    public required string? Token { get; init; }

    private CommentId? Parent { get; init; }

    private EmailAddress Address { get; init; }

    /// <summary>Reads the fields; what is wrong is in their errors.</summary>
    public static CommentRequest Read(Fields fields)
    {
        var name = fields.RequiredLine("name", 4 * Submission.MostName);
        if (IsTooLongName(name))
        {
            fields.Reject("name", $"It has more than {Submission.MostName} characters.");
        }

        var email = fields.RequiredLine("email", 300);
        if (!EmailAddress.TryParse(email, out var address) && email.Length > 0)
        {
            fields.Reject("email", "It is no e-mail address.");
        }

        var text = ReadText(fields);
        var parentId = fields.Line("parentId", 100);
        CommentId? parent = null;
        if (CommentId.TryParse(parentId, out var id))
        {
            parent = id;
        }
        else if (parentId is not null)
        {
            RejectParent(fields.Errors);
        }

        var request = new CommentRequest
        {
            Name = name,
            Email = email,
            Address = address,
            Text = text,
            ParentId = parentId,
            Parent = parent,
            Notify = fields.Flag("notify") ?? false,
            IsTrapped = !string.IsNullOrEmpty(fields.Text("website")),
            SubmissionId = fields.Line("submissionId", 100),
            Token = fields.Line("token", 2_000),
        };
        fields.Language("language"); // of the page that the form was on; the answer is in the article's
        fields.RejectUnknown();
        return request;
    }

    /// <summary>Reads a comment's text, which must be there.</summary>
    public static string ReadText(Fields fields)
    {
        var text = fields.Text("body")?.ReplaceLineEndings("\n").Trim() ?? "";
        if (IsTooLong(text))
        {
            RejectLength(fields.Errors);
        }
        else if (!text.EnumerateRunes().Any(IsVisible))
        {
            text = "";
            if (!fields.Errors.ByField.ContainsKey("body"))
            {
                fields.Reject("body", "It must not be empty.");
            }
        }

        return text;
    }

    public static bool IsTooLongName(string name) => new StringInfo(name).LengthInTextElements > Submission.MostName;

    public static bool IsTooLong(string text) => text.Length > Submission.MostText || Encoding.UTF8.GetByteCount(text) > MostTextBytes;

    /// <summary>The complaints that nobody who uses our form can have caused; null where there are none.</summary>
    public static FieldErrors? Foreign(FieldErrors errors)
    {
        var foreign = new FieldErrors();
        foreach (var (field, complaints) in errors.ByField.Where(error => !Known.Contains(error.Key)))
        {
            foreign.Add(field, complaints[0]);
        }

        return foreign.Any ? foreign : null;
    }

    public static void RejectLength(FieldErrors errors) => errors.Add("body", "It is too long: at most 10,000 characters, and 32,768 bytes, are allowed.");

    public static void RejectParent(FieldErrors errors) => errors.Add("parentId", "The article has no such comment.");

    /// <summary>The comment as it is sent to an article by this client.</summary>
    public Submission For(ArticleId article, HttpRequest request, ClientNetworks networks)
    {
        var userAgent = request.Headers.UserAgent.ToString();
        var origin = new CommentOrigin(
            networks.Of(request),
            userAgent.Length == 0 ? null : userAgent.Length <= MostUserAgent ? userAgent : userAgent[..MostUserAgent]);
        return new Submission(article, Name, Address, Text, Parent, Notify, IsTrapped, SubmissionId, Token, origin);
    }

    private static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control);
}
