using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pressroom.Benchmarks.Soak;

/// <summary>Mixed traffic on one host for some minutes, and whether it stands that: no error, memory flat, every queue drained, nothing lost.</summary>
internal sealed partial class SoakRun(HostProcess host, HttpClient reader, Mailbox mailbox, CallLog calls, TimeSpan duration)
{
    private const int FirstArticles = 60;
    private const int Issues = 5;

    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromMinutes(5);

    // In less the process has not even warmed up.
    private static readonly TimeSpan ShortestForMemory = TimeSpan.FromMinutes(5);

    private readonly Newsroom newsroom = new(host.Editor, calls);
    private readonly MemorySamples resident = new();
    private readonly MemorySamples anonymous = new();
    private readonly List<string> issues = [];
    private Audience Audience => field ??= new(reader, newsroom, mailbox, calls);

    // What is done, how often a second, and by how many at once at most.
    private (double PerSecond, Func<Task> Act, int AtOnce)[] Traffic =>
    [
        (80, Audience.ReadPageAsync, 8),
        (40, Audience.ReadPageAgainAsync, 8),
        (30, Audience.ReadListAsync, 8),
        (30, Audience.ReadFeedAsync, 8),
        (5, Audience.LoseTheWayAsync, 8),
        (10, Audience.ReadCommentsAsync, 8),
        (6, Audience.CommentAsync, 8),
        (4, Audience.CommentByFormAsync, 8),
        (2, Audience.SignUpAsync, 8),
        (1.5, Audience.ConfirmAsync, 4),
        (1, Audience.UnsubscribeAsync, 4),
        (2, newsroom.PublishNewAsync, 4),
        (1, newsroom.DraftAsync, 4),
        (1.2, newsroom.PublishDraftAsync, 4),
        (2, newsroom.EditAsync, 4),
        (0.3, newsroom.UnpublishAsync, 4),
        (0.3, newsroom.DeleteAsync, 4),
        (0.2, newsroom.UploadAsync, 2),
        (0.5, newsroom.ModerateAsync, 1),
        (1, CheckHealthAsync, 1),
        (Issues / duration.TotalSeconds, SendIssueAsync, 1),
    ];

    /// <summary>Runs for so long; false where anything is wrong, which is printed.</summary>
    public static async Task<bool> RunAsync(TimeSpan duration, int subscribers)
    {
        // Each issue has a lane for 4,000 subscribers and a batch for 1,000, so that one is under way for about half of the time.
        var mailbox = new Mailbox(duration / Issues / 8);
        await using var endpoint = await LocalEndpoint.StartAsync(mailbox.AnswerAsync);
        await using var host = await HostProcess.StartAsync(settings:
            [.. MailBenchmark.MailTo(endpoint.Url), ("Mail__Moderators", "moderators@news.example"), ("Comments__LimitPerPrefix", "0"), ("Comments__LimitPerArticle", "0")]);
        using var reader = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, UseCookies = false })
        {
            BaseAddress = host.Address,
        };
        await MailBenchmark.ImportAsync(host, 0, subscribers);
        return await new SoakRun(host, reader, mailbox, new CallLog(), duration).RunAsync();
    }

    private async Task<bool> RunAsync()
    {
        for (var number = 0; number < FirstArticles; number++)
        {
            await newsroom.PublishNewAsync();
        }

        await DrainAsync();
        var watch = Stopwatch.StartNew();
        using var end = new CancellationTokenSource(duration);
        await Task.WhenAll([
            .. Traffic.Select(line => KeepPaceAsync(line.PerSecond, line.Act, line.AtOnce, end.Token)), SampleAsync(watch, end.Token), ExportAsync(duration / 2),
        ]);
        var lasted = watch.Elapsed;
        var drained = await DrainAsync();
        await ModerateTheRestAsync();
        drained += await DrainAsync();

        var table = new FigureTable(Console.Out);
        table.AtMost("until every queue was empty, after the last call", drained.TotalSeconds, DrainWithin.TotalSeconds, "s");
        await JudgeAsync(table);
        calls.Print(Console.Out, lasted);
        Console.WriteLine();
        Console.WriteLine($"Resident, MB, every {SampleEvery.TotalSeconds:0} s: {resident.Line}");
        Console.WriteLine($"… no file's: {anonymous.Line}");
        foreach (var error in host.Log.Errors.Take(20))
        {
            Console.WriteLine($"the host: {error}");
        }

        return table.TellMissed();
    }

    // Begins as many as the pace says whether or not the last has ended, and catches up when it fell behind.
    private async Task KeepPaceAsync(double perSecond, Func<Task> act, int atOnce, CancellationToken end)
    {
        using var places = new SemaphoreSlim(atOnce);
        var watch = Stopwatch.StartNew();
        for (var number = 0; await ReachesAsync(watch, TimeSpan.FromSeconds(number / perSecond), end); number++)
        {
            await places.WaitAsync(CancellationToken.None);
            _ = Task.Run(
                async () =>
                {
                    try
                    {
                        await act();
                    }
                    catch (Exception broken)
                    {
                        // An answer that cannot be read is as wrong as one that did not come.
                        calls.Fail(act.Method.Name, broken.ToString());
                    }
                    finally
                    {
                        places.Release();
                    }
                },
                CancellationToken.None);
        }

        for (var place = 0; place < atOnce; place++)
        {
            await places.WaitAsync(CancellationToken.None);
        }
    }

    private async Task SampleAsync(Stopwatch watch, CancellationToken end)
    {
        for (var at = TimeSpan.Zero; await ReachesAsync(watch, at, end); at += SampleEvery)
        {
            resident.Add(watch.Elapsed, host.MemoryMegabytes);
            anonymous.Add(watch.Elapsed, host.PrivateMegabytes);
        }
    }

    private static async Task<bool> ReachesAsync(Stopwatch watch, TimeSpan due, CancellationToken end)
    {
        try
        {
            var left = due - watch.Elapsed;
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, end);
            return !end.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task CheckHealthAsync()
    {
        if (await calls.SendAsync("health", reader, new(HttpMethod.Get, "/api/health"), HttpStatusCode.OK) is { } reply
            && JsonNode.Parse(reply.Body) is var health && (string)health!["status"]! != "healthy")
        {
            calls.Fail("health", health.ToJsonString());
        }
    }

    private async Task SendIssueAsync()
    {
        var letter = new { subject = $"Letter {issues.Count + 1} from the desk", body = "Good morning.\n\nThis is what **happened** since the last one." };
        if (await calls.SendAsync("issue", host.Editor, new(HttpMethod.Post, "/api/newsletters") { Content = JsonContent.Create(letter) }, HttpStatusCode.Created) is { } reply)
        {
            issues.Add((string)JsonNode.Parse(reply.Body)!["id"]!);
        }
    }

    // Read to its end: an archive that breaks off cannot be.
    private async Task ExportAsync(TimeSpan after)
    {
        await Task.Delay(after);
        var began = Stopwatch.GetTimestamp();
        var entries = 0;
        try
        {
            using var answer = await host.Editor.GetAsync(new Uri("/api/backup", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
            await using var archive = new TarReader(unpacked);
            while (await archive.GetNextEntryAsync() is not null)
            {
                entries++;
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or InvalidDataException)
        {
            calls.Fail("backup", broken.Message);
        }

        if (entries == 0)
        {
            calls.Fail("backup", "The archive is empty.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The backup in the middle had {entries:N0} entries and took {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s."));
    }

    // Health looks again after five seconds; what it said before is of no use.
    private async Task<TimeSpan> DrainAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < DrainWithin)
        {
            await Task.Delay(TimeSpan.FromSeconds(6));
            if ((await HealthAsync("queue")).All(queue => (long)queue["depth"]! == 0))
            {
                return watch.Elapsed;
            }
        }

        var left = (await HealthAsync("queue")).Where(queue => (long)queue["depth"]! > 0).Select(queue => $"{queue["queue"]}: {queue["depth"]}");
        calls.Fail("drain", "Queues that are not empty: " + string.Join(", ", left));
        return watch.Elapsed;
    }

    private async Task<List<JsonNode>> HealthAsync(string name)
    {
        var health = JsonNode.Parse(await reader.GetStringAsync(new Uri("/api/health", UriKind.Relative)))!;
        return [.. health["checks"]!.AsArray().Select(check => check!).Where(check => (string)check["name"]! == name)];
    }

    private async Task ModerateTheRestAsync()
    {
        var decided = 1;
        while (decided > 0)
        {
            decided = await newsroom.ModerateAsync();
        }
    }

    private async Task JudgeAsync(FigureTable table)
    {
        table.AtMost("poison messages", (await HealthAsync("poison")).Sum(check => (double)check["depth"]!), 0, "");
        table.AtMost("errors in the host's log", host.Log.Errors.Count, 0, "");
        table.Note("… warnings", host.Log.Warnings, "");
        await JudgeListsAsync(table);
        await JudgeIssuesAsync(table);
        table.AtMost("signups that got no mail, or too many", Math.Abs(Audience.Signups - mailbox.Confirmations), 0, "");
        table.Note("… signups", Audience.Signups, "");
        JudgeMemory(table, "resident", resident);
        JudgeMemory(table, "resident and no file's", anonymous);
        table.AtMost($"errors of {calls.Count:N0} calls", calls.Errors, 0, "");
    }

    private async Task JudgeListsAsync(FigureTable table)
    {
        var articles = newsroom.Articles.ToList();
        var live = articles.Where(article => article.IsLive).ToList();
        var missing = 0;
        var left = 0;
        foreach (var list in Enumerable.Range(0, 6).Select(section => (Path: $"/section/section-{section}/", Section: section)).Prepend((Path: "/", Section: -1)))
        {
            var listed = await ListedAsync(list.Path);
            missing += live.Count(article => (list.Section < 0 || article.Number % 6 == list.Section) && !listed.Contains(article.Path));
            left += articles.Count(article => !article.IsLive && listed.Contains(article.Path));
        }

        var commentsMissing = 0;
        foreach (var article in live.Where(article => article.Approved > 0))
        {
            commentsMissing += Math.Abs(article.Approved - await CommentsOfAsync(article));
        }

        table.Note("articles live at the end", live.Count, $"of {articles.Count:N0}");
        table.AtMost("… missing on home or their section, all pages of them", missing, 0, "");
        table.AtMost("… taken back, and still there", left, 0, "");
        table.Note("comments approved on them", live.Sum(article => article.Approved), "");
        table.AtMost("… not shown", commentsMissing, 0, "");
    }

    private async Task<HashSet<string>> ListedAsync(string list)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        for (var next = list; next is not null;)
        {
            if (await calls.SendAsync("list, checked", reader, new(HttpMethod.Get, next), HttpStatusCode.OK) is not { } page)
            {
                break;
            }

            listed.UnionWith(Story().Matches(page.Body).Select(link => PathOf(link.Groups["href"].Value)));
            next = Older().Match(page.Body) is { Success: true } older ? PathOf(older.Groups["href"].Value) : null;
        }

        return listed;
    }

    private string PathOf(string href) => new Uri(host.Address, WebUtility.HtmlDecode(href)).AbsolutePath;

    private async Task<int> CommentsOfAsync(SoakArticle article)
    {
        var count = 0;
        for (var query = "?limit=100"; query is not null;)
        {
            if (await calls.SendAsync("comments, checked", reader, new(HttpMethod.Get, $"/api/articles/{article.Id}/comments{query}"), HttpStatusCode.OK) is not { } reply)
            {
                break;
            }

            var page = JsonNode.Parse(reply.Body)!;
            count += page["items"]!.AsArray().Count;
            query = (string?)page["cursor"] is { } cursor ? $"?limit=100&cursor={Uri.EscapeDataString(cursor)}" : null;
        }

        return count;
    }

    private async Task JudgeIssuesAsync(FigureTable table)
    {
        var wrong = 0;
        var sent = 0;
        foreach (var id in issues)
        {
            var issue = JsonNode.Parse(await host.Editor.GetStringAsync(new Uri($"/api/newsletters/{id}", UriKind.Relative)))!;
            sent += (int)issue["sent"]!;
            if ((string)issue["status"]! != "sent" || (int)issue["sent"]! + (int)issue["left"]! != (int)issue["total"]!)
            {
                wrong++;
                Console.WriteLine($"The issue is not what it must be: {issue.ToJsonString()}");
            }
        }

        var (came, twice) = mailbox.Letters;
        table.Note($"issues, to {sent:N0} in all", issues.Count, "");
        table.AtMost("… not sent to all of their audience who had not left", wrong, 0, "");
        table.AtMost("… copies that somebody got twice", twice, 0, "");
        table.AtMost("… copies that the ledger and the mailbox do not agree on", Math.Abs(came - sent), 0, "");
    }

    private void JudgeMemory(FigureTable table, string what, MemorySamples memory)
    {
        table.Note($"memory after warm-up ({what}), least", memory.Least, "MB");
        table.Note("… most", memory.Most, "MB");
        table.Note("… slope of the last half", memory.Slope, "MB a minute");
        if (duration < ShortestForMemory)
        {
            table.Note("… growth: the run is too short to judge it", memory.GrowthPercent, "%");
            return;
        }

        // Memory rises and falls with every issue, so that like is held against like.
        table.AtMost("… while the last issue was sent, against the one before", memory.GrowthOfLastPartPercent(Issues), 5, "%");
        table.AtMost("… the end against the middle", memory.GrowthPercent, 5, "%");
    }

    // As the default theme writes them.
    [GeneratedRegex("""<h2><a href="(?<href>[^"]+)">""", RegexOptions.CultureInvariant)]
    private static partial Regex Story();

    [GeneratedRegex("""<a class="older" href="(?<href>[^"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Older();
}
