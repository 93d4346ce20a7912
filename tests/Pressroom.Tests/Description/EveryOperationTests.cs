using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Replies;
using Pressroom.Deliveries;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Tests.Access;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;
using Pressroom.Tests.Media;
using Request = Pressroom.Tests.Description.ApiCaller.Request;

namespace Pressroom.Tests.Description;

/// <summary>Drives every operation of a whole host, in success and refusal, and holds each answer against the description.</summary>
public sealed partial class EveryOperationTests
{
    /// <summary>What is described and does not come up here: races, outages, cut connections, and what takes minutes or megabytes.</summary>
    private static readonly string[] NotDriven =
    [
        "replaceArticle conflict",
        "patchArticle conflict",
        "publishArticle conflict",
        "publishArticle 409",
        "unpublishArticle conflict",
        "unpublishArticle 409",
        "restoreRevision conflict",
        "editComment too-many-edits",
        "editComment 409",
        "restoreRevision slug-taken",
        "restoreRevision 409",
        "importSubscribers too-large",
        "importSubscribers 413",
        "importPublication invalid-request",
        "importPublication 400",
        "getHealth 503",
    ];

    private const string Form = "application/x-www-form-urlencoded";
    private const int MostBytesOfPicture = 1_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_answers_as_it_is_described()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (mailStatus, hookStatus) = (400, 410);
        await using var network = await FakeService.StartAsync(call => new ServiceAnswer(
            Volatile.Read(ref call.Path == "/hook" ? ref hookStatus : ref mailStatus), "{}", [("Retry-After", "300")]));
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await Newsroom.OpenAsync(
            ShiftedClock.AtAWindowsBeginning().Set,
        [
            .. issuer.Settings, $"--Media:MostBytes={MostBytesOfPicture}",
            "--Channels:0:Kind=webhook", "--Channels:0:Name=hook", $"--Channels:0:Url={network.BaseUrl}hook", "--Channels:0:Secret=whsec_" + Convert.ToBase64String(new byte[32]),
            "--SendGrid:ApiKey=SG.key", $"--SendGrid:BaseUrl={network.BaseUrl}", "--Mail:From=desk@news.example", "--Mail:PostalAddress=1 Quay",
            "--SendGrid:EventWebhookPublicKey=" + Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo()), "--Comments:Moderation=all",
        ]);
        var api = await ApiCaller.OfAsync(newsroom, issuer.Sign("editor"));

        await issuer.IsKnownToAsync(newsroom);
        await newsroom.HealthyAsync();
        await DriveServiceAsync(api);
        await DriveTokensAsync(api);
        var article = await DriveArticlesAsync(api);
        await DriveDeliveriesAsync(api, newsroom, article, () => Volatile.Write(ref hookStatus, 200));
        await DriveCommentsAsync(api, newsroom, article);
        await DriveModerationAsync(api, article);
        await DriveSubscribersAsync(api, newsroom);
        await DriveNewslettersAsync(api, newsroom, () => Volatile.Write(ref mailStatus, 429));
        await DriveWebhooksAsync(api, signer);
        await DrivePeopleAsync(api);
        await DriveMediaAsync(api);
        await DriveBackupAsync(api, newsroom);
        Assert.Empty(api.Undriven);

        var wrong = new List<string>();
        foreach (var operation in api.Api.Operations.Values)
        {
            foreach (var refuse in new[] { RefuseStrangersAsync, RefuseBodiesAsync, RefuseQueriesAsync, RefuseKeysAndVersionsAsync, RefuseUnknownThingsAsync })
            {
                try
                {
                    await refuse(api, operation, article);
                }
                catch (Xunit.Sdk.XunitException difference)
                {
                    wrong.Add($"{operation.Id}, {refuse.Method.Name}: {difference.Message}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await newsroom.RestartAsync("--Access:LimitPerToken=1", "--Access:LimitPerPrefix=1");
        await RefuseManyAsync(api, newsroom);
        await newsroom.RestartAsync();
        await RefuseWithoutIssuerAsync(api, issuer);
        var unseen = api.Unseen.ToList();
        Assert.True(!unseen.Except(NotDriven).Any(), $"Described, and never seen:\n{string.Join('\n', unseen.Except(NotDriven))}");
        Assert.True(!NotDriven.Except(unseen).Any(), $"Seen after all:\n{string.Join('\n', NotDriven.Except(unseen))}");
    }

    private static async Task DriveServiceAsync(ApiCaller api)
    {
        await api.CallAsync("getHealth", 200);
        await api.CallAsync("getDescription", 200);
        await api.CallAsync("getDescription", 304, new Request { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("showDocs", 200);
        await api.CallAsync("getDocsFile", 200, new Request(["start.js"]));
        await api.CallAsync("getDocsFile", 304, new Request(["scalar.js"]) { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("getDocsFile", 404, new Request(["stop.js"]));
    }

    private static async Task DriveTokensAsync(ApiCaller api)
    {
        var made = await api.CallAsync("makeToken", 201, ExampleOf(api, "makeToken"));
        await api.CallAsync("listTokens", 200, new Request { Query = "?limit=2" });
        await api.CallAsync("listArticles", 200, new Request { As = ApiCaller.Person });
        await api.CallAsync("revokeToken", 204, new Request([(string)made!["id"]!]));
    }

    private static async Task<string> DriveArticlesAsync(ApiCaller api)
    {
        await api.CallAsync("putAuthor", 201, ExampleOf(api, "putAuthor", "amina-ben-salah"));
        await api.CallAsync("putAuthor", 200, ExampleOf(api, "putAuthor", "amina-ben-salah") with { Headers = [("If-Match", "*")] });
        await api.CallAsync("putAuthor", 428, ExampleOf(api, "putAuthor", "amina-ben-salah"));
        await api.CallAsync("getAuthor", 200, new Request(["amina-ben-salah"]));
        await api.CallAsync("getAuthor", 404, new Request(["nobody"]));
        await api.CallAsync("getAuthor", 304, new Request(["amina-ben-salah"]) { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("listAuthors", 200);

        await api.CallAsync("previewArticle", 200, ExampleOf(api, "previewArticle"));
        await api.CallAsync("previewArticle", 200, ExampleOf(api, "previewArticle") with { Headers = [("Accept", "text/html")] });

        var made = await api.CallAsync("createArticle", 201, new Request([], """{"title":"Low tide","body":"Text.","slug":"low-tide","announce":{"channels":["hook"]}}"""));
        var id = (string)made!["id"]!;
        await api.CallAsync("createArticle", 409, new Request([], """{"title":"Low tide","body":"Text.","slug":"low-tide"}"""));
        await api.CallAsync("createArticle", 201, ExampleOf(api, "createArticle"));
        await api.CallAsync("getArticle", 200, new Request([id]));
        await api.CallAsync("getArticle", 304, new Request([id]) { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("listArticles", 200, new Request { Query = "?status=draft&tag=Market&section=City&author=Amina%20Ben%20Salah&language=en&limit=1" });
        await api.CallAsync("replaceArticle", 200, ExampleOf(api, "replaceArticle", id) with { Headers = [("If-Match", "*")] });
        await api.CallAsync("patchArticle", 200, ExampleOf(api, "patchArticle", id));
        await api.CallAsync("patchArticle", 200, new Request([id], """{"summary":null,"section":null,"image":null,"announce":true,"newsletter":false}"""));
        var other = await api.CallAsync("createArticle", 201, new Request([], """{"title":"High tide","body":"Text.","slug":"high-tide"}"""));
        await api.CallAsync("patchArticle", 409, new Request([id], """{"slug":"high-tide"}"""));
        await api.CallAsync("replaceArticle", 409, new Request([id], """{"title":"T","body":"B","slug":"high-tide"}""") { Headers = [("If-Match", "*")] });
        await api.CallAsync("publishArticle", 200, ExampleOf(api, "publishArticle", (string)other!["id"]!));
        await api.CallAsync("unpublishArticle", 200, new Request([(string)other["id"]!]));
        await api.CallAsync("publishArticle", 200, new Request([id]));
        await api.CallAsync("listRevisions", 200, new Request([id], Query: "?limit=2"));
        await api.CallAsync("getRevision", 200, new Request([id, "1"]));
        await api.CallAsync("getRevision", 304, new Request([id, "1"]) { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("restoreRevision", 200, new Request([(string)other["id"]!, "1"]));
        await api.CallAsync("deleteArticle", 204, new Request([(string)other["id"]!]));
        return id;
    }

    private static async Task DriveDeliveriesAsync(ApiCaller api, Newsroom newsroom, string article, Action letHookWork)
    {
        await EndsAsync("failed");
        await api.CallAsync("unpublishArticle", 200, new Request([article]));
        await api.CallAsync("retryDelivery", 409, new Request([article, "hook"]));
        await api.CallAsync("publishArticle", 200, new Request([article]));
        letHookWork();
        await api.CallAsync("retryDelivery", 202, new Request([article, "hook"]));
        await EndsAsync("sent");
        await api.CallAsync("retryDelivery", 409, new Request([article, "hook"]));
        await api.CallAsync("listChannels", 200);
        await api.CallAsync("testChannel", 200, new Request(["hook"]));
        await newsroom.Service<PoisonStore>().KeepAsync("nobody-listens", "text", Stop);
        var kept = await api.CallAsync("listPoison", 200);
        await api.CallAsync("replayPoison", 202, new Request([(string)kept!["items"]![0]!["id"]!]));
        await newsroom.Service<PoisonStore>().KeepAsync("nobody-listens", "text", Stop);
        await api.CallAsync("discardPoison", 204, new Request([(string)kept["items"]![0]!["id"]!]));

        Task EndsAsync(string state) => Newsroom.EventuallyAsync(
            async () => (string?)(await api.CallAsync("listDeliveries", 200, new Request([article])))!["items"]!.AsArray().FirstOrDefault()?["state"] == state, $"the announcement is {state}");
    }

    private static async Task DriveCommentsAsync(ApiCaller api, Newsroom newsroom, string article)
    {
        await api.CallAsync("getCommentForm", 200, new Request([article]));
        var submitted = await api.CallAsync("submitComment", 202, ExampleOf(api, "submitComment", article));
        await api.CallAsync("submitComment", 404, ExampleOf(api, "submitComment"));
        await api.CallAsync("submitComment", 303, new Request([article], "name=Ann&email=ann%40example.net&body=Well+said.&notify=on", Form));
        await api.CallAsync("submitComment", 400, new Request([article], "name=Ann", Form));
        await api.CallAsync("submitComment", 404, new Request([], "name=Ann&email=ann%40example.net&body=Well+said.", Form));
        await api.CallAsync("showCommentForm", 200, new Request([article]));
        await api.CallAsync("showCommentForm", 404, new Request { Query = "?language=fr" });
        await api.CallAsync("showCommentAnswer", 200, new Request([article], Query: "?status=held"));
        await api.CallAsync("showCommentAnswer", 404);

        var id = CommentId.Parse((string)submitted!["id"]!);
        var comment = (await newsroom.Service<ListComments>().FindAsync(id, Stop))!.Comment;
        var moderate = "?token=" + newsroom.Service<CommentLinks>().ModerateToken(comment, DateTimeOffset.UtcNow);
        await api.CallAsync("showModeration", 200, new Request { Query = moderate });
        await api.CallAsync("moderate", 200, ExampleFormOf(api, "moderate") with { Query = moderate });
        await api.CallAsync("listArticleComments", 200, new Request([article]));

        var person = await newsroom.Service<SubscriberIds>().OfAsync(Address("salah@example.net"), Stop);
        await Newsroom.EventuallyAsync(async () => await newsroom.Service<Commenters>().FindAsync(person, Stop) is not null, "the commenter is known");
        var confirm = QueryOf(newsroom.Service<CommentLinks>().Confirm(person, DateTimeOffset.UtcNow, Language.Parse("en")));
        await api.CallAsync("showCommenterConfirmation", 200, new Request { Query = confirm });
        await api.CallAsync("confirmCommenter", 200, new Request { Query = confirm });

        var stop = QueryOf(newsroom.Service<ReplyLinks>().Stop(person, ArticleId.Parse(article), DateTimeOffset.UtcNow));
        await api.CallAsync("showReplyNotices", 200, new Request { Query = stop });
        await api.CallAsync("changeReplyNotices", 200, new Request { Query = stop });
        foreach (var link in new[] { "showModeration", "showCommenterConfirmation", "confirmCommenter", "showReplyNotices", "changeReplyNotices" })
        {
            await api.CallAsync(link, 400, new Request { Query = "?token=nonsense" });
        }

        await api.CallAsync("moderate", 400, ExampleFormOf(api, "moderate") with { Query = "?token=nonsense" });
        await api.CallAsync("moderate", 400, new Request([], "action=nonsense", Form, moderate));
        await api.CallAsync("moderate", 415, new Request([], "{}", Query: moderate));
        await api.CallAsync("moderate", 413, new Request([], new string(' ', 16_385), Form, moderate));
    }

    private static async Task DriveModerationAsync(ApiCaller api, string article)
    {
        var listed = await api.CallAsync("listComments", 200, new Request { Query = $"?status=approved&article={article}&limit=1" });
        var id = (string)listed!["items"]![0]!["id"]!;
        await api.CallAsync("getComment", 200, new Request([id]));
        await api.CallAsync("getComment", 304, new Request([id]) { Headers = [("If-None-Match", "*")] });
        foreach (var decision in new[] { "rejectComment", "undoComment", "markCommentAsSpam", "approveComment" })
        {
            await api.CallAsync(decision, 200, new Request([id]));
        }

        await api.CallAsync("editComment", 200, ExampleOf(api, "editComment", id));
        await api.CallAsync("editComment", 412, ExampleOf(api, "editComment", id) with { Headers = [("If-Match", "\"never\"")] });
        var ban = await api.CallAsync("addCommentBan", 201, new Request([], $$"""{"comment":"{{id}}","by":"address"}"""));
        await api.CallAsync("addCommentBan", 201, new Request([], """{"words":"cheap pills","until":"2150-01-01T00:00:00Z"}"""));
        await api.CallAsync("listCommentBans", 200);
        await api.CallAsync("liftCommentBan", 204, new Request([(string)ban!["id"]!]));
        await api.CallAsync("closeComments", 200, new Request([article]));
        await api.CallAsync("submitComment", 403, ExampleOf(api, "submitComment", article));
        await api.CallAsync("submitComment", 403, new Request([article], "name=Ann&email=ann%40example.net&body=Again.", Form));
        await api.CallAsync("showCommentForm", 403, new Request([article]));
        await api.CallAsync("openComments", 200, new Request([article]));

        // As many as the limit of this network lets through.
        var tries = 0;
        while (await TooManyAsync(api, article, tries++) is false)
        {
            Assert.True(tries < 100);
        }

        await api.CallAsync("submitComment", 429, new Request([article], "name=Ann&email=ann%40example.net&body=One+more.", Form));
        foreach (var many in new[] { "approveComments", "rejectComments", "markCommentsAsSpam" })
        {
            await api.CallAsync(many, 200, new Request([], $$"""{"ids":["{{id}}","nonsense"]}"""));
        }

        var others = await api.CallAsync("listComments", 200, new Request { Query = "?limit=2" });
        await api.CallAsync("deleteComments", 200, new Request([], $$"""{"ids":["{{others!["items"]![0]!["id"]}}"]}"""));
        await api.CallAsync("deleteComment", 204, new Request([(string)others["items"]![1]!["id"]!]));
    }

    private static async Task<bool> TooManyAsync(ApiCaller api, string article, int number)
    {
        try
        {
            await api.CallAsync("submitComment", 202, new Request([article], $$"""{"name":"Ann","email":"ann@example.net","body":"Thought number {{number}}."}"""));
            return false;
        }
        catch (Xunit.Sdk.TrueException refused) when (refused.Message.Contains("429 instead", StringComparison.Ordinal))
        {
            await api.CallAsync("submitComment", 429, new Request([article], """{"name":"Ann","email":"ann@example.net","body":"One more thought."}"""));
            return true;
        }
    }

    private static async Task DriveSubscribersAsync(ApiCaller api, Newsroom newsroom)
    {
        await api.CallAsync("subscribe", 202, ExampleOf(api, "subscribe"));
        await api.CallAsync("subscribe", 303, ExampleFormOf(api, "subscribe"));
        await api.CallAsync("subscribe", 400, new Request([], "email=nobody", Form));
        await api.CallAsync("showCheckMail", 200, new Request { Query = "?language=ar" });
        await api.CallAsync("importSubscribers", 200, new Request([], "email,language,sections,consentDate\nann@example.net,en,city,2026-11-24\nnobody,en,,\n", "text/csv"));
        await api.CallAsync("importSubscribers", 400, new Request([], "no header", "text/csv"));
        await api.CallAsync("exportSubscribers", 200);
        await api.CallAsync("listSubscribers", 200, new Request { Query = "?state=confirmed&language=en&section=City" });

        var ids = newsroom.Service<SubscriberIds>();
        var (store, links) = (newsroom.Service<SubscriberStore>(), newsroom.Service<SubscriberLinks>());
        var asked = await ids.OfAsync(Address("amina@example.net"), Stop);
        await Newsroom.EventuallyAsync(async () => (await store.FindAsync(asked, Stop))?.Subscriber.PendingSince is not null, "the signup is answered");
        var confirm = QueryOf(links.Confirm((await store.FindAsync(asked, Stop))!.Subscriber));
        await api.CallAsync("showConfirmation", 200, new Request { Query = confirm });
        await api.CallAsync("confirmSubscription", 200, new Request { Query = confirm });
        var leave = QueryOf(links.Unsubscribe(asked, DateTimeOffset.UtcNow));
        await api.CallAsync("showSubscription", 200, new Request { Query = leave });
        await api.CallAsync("changeSubscription", 200, ExampleFormOf(api, "changeSubscription") with { Query = leave });
        await api.CallAsync("changeSubscription", 400, new Request([], "action=save&language=nonsense!", Form, leave));
        await api.CallAsync("changeSubscription", 200, new Request([], "List-Unsubscribe=One-Click", Form, leave));
        foreach (var link in new[] { "showConfirmation", "confirmSubscription", "showSubscription" })
        {
            await api.CallAsync(link, 400, new Request { Query = "?token=nonsense" });
        }

        await api.CallAsync("changeSubscription", 400, ExampleFormOf(api, "changeSubscription") with { Query = "?token=nonsense" });
        await api.CallAsync("deleteSubscriber", 204, new Request([asked.Value]));
    }

    private static async Task DriveNewslettersAsync(ApiCaller api, Newsroom newsroom, Action letProviderBeBusy)
    {
        await api.CallAsync("sendLetter", 200, new Request([], """{"subject":"Test","body":"Text.","testTo":"ann@example.net"}"""));
        var refused = (string)(await api.CallAsync("sendLetter", 201, new Request([], """{"subject":"First","body":"Text."}""")))!["id"]!;
        await Newsroom.EventuallyAsync(
            async () => (string?)(await api.CallAsync("getNewsletter", 200, new Request([refused])))!["status"] == "sent", "the issue ends");
        var batch = (string)(await api.CallAsync("getNewsletter", 200, new Request([refused])))!["batches"]!["items"]![0]!["id"]!;
        await api.CallAsync("cancelNewsletter", 409, new Request([refused]));
        await api.CallAsync("retryBatch", 202, new Request([refused, batch]));
        await api.CallAsync("pauseNewsletter", 409, new Request([refused]));

        letProviderBeBusy();
        var waiting = (string)(await api.CallAsync("sendLetter", 201, new Request([], """{"subject":"Second","body":"Text."}""")))!["id"]!;
        await Newsroom.EventuallyAsync(
            async () => (await api.CallAsync("getNewsletter", 200, new Request([waiting])))!["batches"]!["items"]!.AsArray().Count > 0, "a batch is made");
        await api.CallAsync("retryBatch", 409, new Request([waiting, batch]));
        await api.CallAsync("pauseNewsletter", 200, new Request([waiting]));
        await api.CallAsync("retryBatch", 409, new Request([waiting, batch]));
        await api.CallAsync("resumeNewsletter", 200, new Request([waiting]));
        await api.CallAsync("cancelNewsletter", 200, new Request([waiting]));
        await api.CallAsync("resumeNewsletter", 409, new Request([waiting]));
        await api.CallAsync("listNewsletters", 200);
    }

    private static async Task DriveWebhooksAsync(ApiCaller api, ECDsa signer)
    {
        Request Signed(string body)
        {
            var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var signature = signer.SignData(Encoding.UTF8.GetBytes(timestamp + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            return new Request([], body) { Headers = [(EventSignature.SignatureHeader, Convert.ToBase64String(signature)), (EventSignature.TimestampHeader, timestamp)] };
        }

        await api.CallAsync("receiveSendGridEvents", 204, Signed(ExampleOf(api, "receiveSendGridEvents").Body!));
        await api.CallAsync("receiveSendGridEvents", 400, Signed("{}"));
        await api.CallAsync("receiveSendGridEvents", 400, new Request([], "[]"));
    }

    private static async Task DrivePeopleAsync(ApiCaller api)
    {
        await api.CallAsync("exportPerson", 200, new Request { Query = "?email=ann%40example.net" });
        await api.CallAsync("erasePerson", 204, new Request { Query = "?email=ann%40example.net" });
        await api.CallAsync("exportPerson", 400, new Request { Query = "?email=nobody" });
        await api.CallAsync("erasePerson", 400, new Request { Query = "?email=nobody" });
        var complaint = (string)(await api.CallAsync("exportPerson", 400, new Request { Query = "?email=ann%40example.net&nobodyAsked=1" }))!["errors"]!["nobodyAsked"]![0]!;
        Assert.Equal(["email"], Listed(complaint));
    }

    private static async Task DriveMediaAsync(ApiCaller api)
    {
        var picture = PictureSamples.Jpeg();
        var id = (string)(await UploadAsync(201, Upload(picture, ("alt", "The harbour"))))!["id"]!;
        await UploadAsync(200, new ByteArrayContent(picture) { Headers = { ContentType = new("image/jpeg") } }, "?alt=The%20harbour");
        var told = (await UploadAsync(400, Upload(picture, ("alt", "The harbour"), ("nobodyAsked", "1"))))!["errors"]!;
        Assert.Equal(["alt", "decorative"], Listed((string)told["nobodyAsked"]![0]!));
        told = (await UploadAsync(400, new ByteArrayContent(picture) { Headers = { ContentType = new("image/jpeg") } }, "?decorative=true&nobodyAsked=1"))!["errors"]!;
        Assert.Equal(["alt", "decorative"], Listed((string)told["nobodyAsked"]![0]!));
        await UploadAsync(413, Upload(new byte[MostBytesOfPicture + 1], ("decorative", "on")));
        await UploadAsync(415, new StringContent("A picture of words."));
        await UploadAsync(415, Upload("A picture of words."u8.ToArray(), ("decorative", "on")));
        await UploadAsync(422, Upload(PictureSamples.Bomb("png"), ("decorative", "on")));
        await UploadAsync(422, Upload(picture[..(picture.Length / 2)], ("decorative", "on")));
        await UploadAsync(400, Upload(picture, ("decorative", "on")), key: new string('k', 256));
        await UploadAsync(200, Upload(picture, ("alt", "The harbour")), key: "upload");
        await UploadAsync(422, Upload(picture, ("alt", "Another harbour")), key: "upload");

        await api.CallAsync("listMedia", 200);
        await api.CallAsync("getMedia", 200, new Request([id]));
        await api.CallAsync("getMedia", 304, new Request([id]) { Headers = [("If-None-Match", "*")] });
        await api.CallAsync("patchMedia", 200, ExampleOf(api, "patchMedia", id));
        await api.CallAsync("patchMedia", 412, ExampleOf(api, "patchMedia", id) with { Headers = [("If-Match", "\"never\"")] });
        await api.CallAsync("deleteMedia", 412, new Request([id]) { Headers = [("If-Match", "\"never\"")] });
        await api.CallAsync("deleteMedia", 204, new Request([id]));

        Task<JsonNode?> UploadAsync(int status, HttpContent content, string query = "", string? key = null) =>
            api.CallAsync("uploadMedia", status, new Request([], Query: query) { Content = content, Headers = key is null ? [] : [("Idempotency-Key", key)] });
    }

    private static MultipartFormDataContent Upload(byte[] file, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "harbour.jpg" } };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    private static async Task DriveBackupAsync(ApiCaller api, Newsroom newsroom)
    {
        await api.CallAsync("exportPublication", 200);
        var archive = await newsroom.Editor.GetByteArrayAsync("/api/backup", Stop);
        var import = await api.CallAsync("importPublication", 202, new Request { Content = new ByteArrayContent(archive) { Headers = { ContentType = new("application/gzip") } } });
        await Newsroom.EventuallyAsync(
            async () => (string?)(await api.CallAsync("getImport", 200, new Request([(string)import!["id"]!])))!["stage"] == "done", "the archive is imported");
    }

    // After the one call that each of them may make. A comment's own limit has been reached before.
    private static async Task RefuseManyAsync(ApiCaller api, Newsroom newsroom)
    {
        await api.CallOnceEachAsync();
        foreach (var operation in api.Api.Operations.Values.Where(operation => operation.Problems.Contains("too-many-requests") && !api.HasSeen(operation, "too-many-requests")))
        {
            await api.SendAsync(operation, 429, new Request());
        }

        await Newsroom.EventuallyAsync(async () => await newsroom.ReadAsync("/api/health") is not null, "it is not unhealthy"); // degraded it may be
        await api.CallAsync("getHealth", 200);
        await api.CallAsync("getDescription", 200);
        await api.CallAsync("showDocs", 200);
        await api.CallAsync("getDocsFile", 200, new Request(["start.js"]));
        await api.CallAsync("receiveSendGridEvents", 400, new Request([], "[]"));
        await api.CallAsync("changeSubscription", 400, ExampleFormOf(api, "changeSubscription") with { Query = "?token=nonsense" });
        await api.CallAsync("changeReplyNotices", 400, new Request { Query = "?token=nonsense" });
    }

    // Of a host that does not know the issuer's keys yet.
    private static async Task RefuseWithoutIssuerAsync(ApiCaller api, FakeIssuer issuer)
    {
        foreach (var operation in api.Api.Operations.Values.Where(operation => operation.Problems.Contains("unavailable")))
        {
            for (var attempt = 0; attempt < 4; attempt++)
            {
                issuer.Service.FailNext("GET", 500);
            }

            await api.SendAsync(operation, 503, new Request { As = ApiCaller.Person });
        }
    }

    // The role is the one that is described, and only that.
    private static async Task RefuseStrangersAsync(ApiCaller api, ApiOperation operation, string article)
    {
        if (operation.Role is not { } needed)
        {
            return;
        }

        await api.SendAsync(operation, 401, new Request { As = "" });
        foreach (var role in new[] { "editor", "moderator" }.Where(role => role != needed))
        {
            await api.SendAsync(operation, 403, new Request { As = role });
        }
    }

    // The fields that are described are those that are read, with their limits and words.
    private static async Task RefuseBodiesAsync(ApiCaller api, ApiOperation operation, string article)
    {
        if (operation.Json["requestBody"] is null)
        {
            return;
        }

        var sample = ValidOf(operation, article);
        if (api.HasSeen(operation, "unsupported-media-type") && api.HasSeen(operation, "too-large"))
        {
            return;
        }

        await api.SendAsync(operation, 415, sample with { Body = "x", ContentType = "font/woff2" });
        if (Size().Match((string?)operation.Json["description"] ?? "") is { Success: true } size && operation.Id != "importSubscribers")
        {
            var most = int.Parse(size.Groups["bytes"].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            var type = operation.Body() is null ? Form : "application/json";
            await api.SendAsync(operation, 413, sample with { Body = new string(' ', most + 1), ContentType = type });
        }

        if (operation.Body() is not { } json)
        {
            return;
        }

        if (operation.Id != "receiveSendGridEvents")
        {
            await api.SendAsync(operation, 400, sample with { Body = "{" });
        }

        var schema = api.Api.Resolve(json["schema"]!);
        if (schema["properties"] is not JsonObject fields)
        {
            return;
        }

        var unknown = new JsonObject { ["nobodyAsked"] = 1 };
        var limits = new JsonObject();
        var words = new JsonObject();
        foreach (var (name, field) in fields)
        {
            if (api.Api.ObjectOf(field!) is not null)
            {
                unknown[name] = new JsonObject { ["nobodyAsked"] = 1 };
            }

            if ((int?)field!["maxLength"] is { } longest)
            {
                limits[name] = new string('a', longest + 1);
            }
            else if ((int?)field["maxItems"] is { } most)
            {
                limits[name] = new JsonArray([.. Enumerable.Range(0, most + 1).Select(number => (JsonNode)$"a{number}")]);
            }

            if (field["enum"] is not null)
            {
                words[name] = "nonsense";
            }
        }

        var told = (await api.SendAsync(operation, 400, sample with { Body = unknown.ToJsonString() }))!["errors"]!;
        Assert.Equal(Names(fields), Listed((string)told["nobodyAsked"]![0]!));
        foreach (var (name, _) in unknown.Skip(1))
        {
            var nested = api.Api.ObjectOf(fields[name]!)!["properties"]!.AsObject();
            Assert.Equal(Names(nested), Listed((string)told[name + ".nobodyAsked"]![0]!));
        }

        if (limits.Count > 0)
        {
            told = (await api.SendAsync(operation, 400, sample with { Body = limits.ToJsonString() }))!["errors"]!;
            Assert.Empty(Names(limits).Except(Names(told.AsObject())).Select(name => $"{operation.Id} takes any length of {name}"));
        }

        if (schema["required"] is JsonArray required)
        {
            told = (await api.SendAsync(operation, 400, sample with { Body = "{}" }))!["errors"]!;
            Assert.Equal(required.Select(name => (string)name!).Order(StringComparer.Ordinal), Names(told.AsObject()));
        }

        if (words.Count > 0)
        {
            told = (await api.SendAsync(operation, 400, sample with { Body = words.ToJsonString() }))!["errors"]!;
            foreach (var (name, _) in words)
            {
                Assert.Equal(WordsOf(fields[name]!), Listed((string)told[name]![0]!));
            }
        }
    }

    // The parameters that are described are those that are read.
    private static async Task RefuseQueriesAsync(ApiCaller api, ApiOperation operation, string article)
    {
        if (!operation.Takes("query", "limit"))
        {
            return;
        }

        var sample = ValidOf(operation, article);
        var described = operation.Parameters.Where(parameter => (string)parameter["in"]! == "query").ToList();
        var told = (await api.SendAsync(operation, 400, sample with { Query = "?nobodyAsked=1&limit=101&cursor=none." }))!["errors"]!;
        Assert.Equal(["cursor", "limit", "nobodyAsked"], Names(told.AsObject()));
        Assert.Equal(described.Select(parameter => (string)parameter["name"]!).Order(StringComparer.Ordinal), Listed((string)told["nobodyAsked"]![0]!));
        foreach (var parameter in described.Where(parameter => parameter["schema"]!["enum"] is not null))
        {
            var name = (string)parameter["name"]!;
            told = (await api.SendAsync(operation, 400, sample with { Query = $"?{name}=nonsense" }))!["errors"]!;
            Assert.Equal(WordsOf(parameter["schema"]!), Listed((string)told[name]![0]!));
        }
    }

    private static async Task RefuseKeysAndVersionsAsync(ApiCaller api, ApiOperation operation, string article)
    {
        var sample = ValidOf(operation, article);
        if (operation.Takes("header", "Idempotency-Key") && !api.HasSeen(operation, "idempotency-key-reused"))
        {
            var told = (await api.SendAsync(operation, 400, sample with { Headers = [("Idempotency-Key", new string('k', 256))] }))!["errors"]!;
            Assert.Equal(["Idempotency-Key"], Names(told.AsObject()));

            // A key is taken by the first body, however that ended, and belongs to it.
            var key = ("Idempotency-Key", operation.Id);
            var first = sample with { Body = """{"nobodyAsked":1}""", Headers = [key] };
            await api.SendAsync(operation, 400, first);
            await api.SendAsync(operation, 422, first with { Body = """{"nobodyAsked":2}""" });
        }

        if (operation.Takes("header", "If-Match") && !api.HasSeen(operation, "precondition-failed"))
        {
            await api.SendAsync(operation, 412, sample with { Headers = [("If-Match", "\"never\"")] });
        }

        if (operation.NeedsVersion)
        {
            await api.SendAsync(operation, 428, sample with { Headers = [] });
        }
    }

    private static async Task RefuseUnknownThingsAsync(ApiCaller api, ApiOperation operation, string article)
    {
        if (operation.Problems.Contains("not-found") && !api.HasSeen(operation, "not-found"))
        {
            await api.SendAsync(operation, 404, ExampleOf(api, operation.Id) with { Headers = operation.Takes("header", "If-Match") ? [("If-Match", "*")] : [] });
        }
    }

    private static Request ExampleOf(ApiCaller api, string operation, params string[] path) =>
        new(path, api.Api.Operations[operation].Body()?["example"]!.ToJsonString());

    private static Request ExampleFormOf(ApiCaller api, string operation)
    {
        var fields = from field in api.Api.Operations[operation].Body(Form)!["example"]!.AsObject()
                     from value in field.Value as JsonArray ?? [field.Value!.DeepClone()]
                     select $"{field.Key}={Uri.EscapeDataString((string)value!)}";
        return new Request([], string.Join('&', fields), Form);
    }

    // With an article that is there, so that what comes after looking for it is reached.
    private static Request ValidOf(ApiOperation operation, string article) => new(
        operation.Path.StartsWith("/articles/{id}", StringComparison.Ordinal) ? [article, "1"] : [], operation.Body()?["example"]!.ToJsonString())
    {
        Headers = operation.NeedsVersion ? [("If-Match", "*")] : [],
    };

    private static IEnumerable<string> WordsOf(JsonNode schema) =>
        schema["enum"]!.AsArray().Select(word => (string?)word).OfType<string>().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(JsonObject json) => json.Select(field => field.Key).Order(StringComparer.Ordinal);

    // "There is no such field. There are: a, b." and "It must be one of: a, b." list what there is.
    private static IEnumerable<string> Listed(string complaint) =>
        complaint[(complaint.LastIndexOf(':') + 1)..].TrimEnd('.').Split(',').Select(word => word.Trim()).Order(StringComparer.Ordinal);

    private static string QueryOf(string address) => new Uri(address).Query;

    private static EmailAddress Address(string text) => EmailAddress.TryParse(text, out var address) ? address : throw new FormatException();

    [GeneratedRegex("at most (?<bytes>[0-9,]+) bytes as")]
    private static partial Regex Size();
}
