using Pressroom.Comments;

namespace Pressroom.Tests.Comments;

/// <summary>Two thousand submissions of those who mean harm.</summary>
public sealed class HostileCommentTests
{
    private const int Submissions = 2_000;

    private static readonly string[] Names =
    [
        "Ann", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "Ann\r\nBcc: all@example.net", "\u202Egnp.exe", "Nul\0l", "\u2066Ann", new('n', 5_000), "", " ", "\u200B",
        "{{ 7 * 7 }}", "-linkUrl-", "a\u0300\u0301\u0302\u0303\u0304", "👩‍👩‍👧‍👦", "عمر", "../../etc/passwd", "Ann\u0007", "%s%n", "=cmd()",
    ];

    private static readonly string[] Addresses =
    [
        "ann@example.net", "ann@example.net\nBcc: all@example.net", "\"a b\"@example.net", "ann@", "@", "", "ann@exa mple.net", "ann@127.0.0.1", "a@b@example.net", "<ann@example.net>",
        new string('a', 70) + "@example.net", "عمر@مثال.إختبار", "ann@example.net,bob@example.net", "ann@example.net\0", "ANN@EXAMPLE.NET",
    ];

    private static readonly string[] Bodies =
    [
        "Well said.", "<script>alert(1)</script>", "<svg onload=alert(1)>", "[x](javascript:alert(1))", "![x](data:text/html;base64,PHNjcmlwdD4=)", "<a href=\"java\tscript:alert(1)\">x</a>",
        "<iframe srcdoc=\"<script>alert(1)</script>\">", "\u202E\u2066unbalanced", "nul\0l", "", " \n ", new('b', 10_001), new('<', 9_999), new string('>', 5_000) + "deep", "[[[[[[[[[[[[[[[[[[",
        "<style>*{display:none}</style>", "</main></body></html>", "<!--", "]]>", "\uFFFE\uFFFF", "`<b>`", "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>", "{% include 'x' %}",
    ];

    private static readonly string[] Parents = ["", "none", "../x", "00000000000070008000000000000000", "FFFFFFFFFFFF7FFF8FFFFFFFFFFFFFFF"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_is_refused_with_its_reason_or_held_and_nothing_is_half_stored()
    {
        await using var desk = CommentDesk.Open(("Comments:LimitPerPrefix", "0"), ("Comments:LimitPerArticle", "0"));
        var article = await desk.PublishAsync();
        var elsewhere = await desk.SubmitAsync(await desk.PublishAsync(), "elsewhere@example.net");
        var random = new Random(20261124);
        var accepted = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 0; number < Submissions; number++)
        {
            var comment = new Dictionary<string, object?>
            {
                ["name"] = Pick(random, Names, usual: 3),
                ["email"] = Pick(random, Addresses, usual: 3),
                ["body"] = Pick(random, Bodies, usual: 4),
                ["parentId"] = random.Next(4) == 0 ? (random.Next(3) == 0 ? elsewhere.Value : Parents[random.Next(Parents.Length)]) : null,
                ["token"] = random.Next(3) == 0 ? "forged" : null,
                ["submissionId"] = $"s{number}",
            };
            if (random.Next(20) == 0)
            {
                comment["status"] = "approved";
            }

            var reply = await desk.TrySubmitAsync(article, comment);
            if (reply.Status == 202)
            {
                Assert.Equal("held", (string?)reply.Json["status"]);
                accepted.Add((string)reply.Json["id"]!);
            }
            else
            {
                Assert.True(reply.Status == 400, $"{reply.Status} {reply.Body}");
                Assert.NotEmpty(reply.Json["errors"]!.AsObject());
            }
        }

        Assert.InRange(accepted.Count, 50, Submissions - 500);
        Assert.Equal(accepted.Append(elsewhere.Value).Order(), await ListedAsync(desk));
        await desk.PumpAsync();
        Assert.Equal(accepted.Append(elsewhere.Value).Order(), await ListedAsync(desk));
        foreach (var id in accepted.Select(CommentId.Parse))
        {
            var comment = await desk.FindAsync(article, id);
            Assert.DoesNotContain(comment.Name + comment.Text, character => char.IsControl(character) && character != '\n' && character != '\t');
            Assert.DoesNotContain('\u202E', comment.Name);
            Assert.DoesNotContain("<script", comment.Html, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(desk.Log.Errors);
        Assert.DoesNotContain(desk.Log.Lines, line => line.Contains("example.net", StringComparison.OrdinalIgnoreCase));
    }

    // A comment with nothing wrong must be among them, so each part is mostly the usual one.
    private static string Pick(Random random, string[] some, int usual) => random.Next(usual) == 0 ? some[random.Next(some.Length)] : some[0];

    private static async Task<IEnumerable<string>> ListedAsync(CommentDesk desk)
    {
        var all = new List<string>();
        string? after = null;
        while (await desk.Get<CommentQueue>().ListAsync(null, after, 500, Stop) is { Count: > 0 } some)
        {
            all.AddRange(some.Select(comment => comment.Id.Value));
            after = some[^1].Row;
        }

        return all.Order();
    }
}
