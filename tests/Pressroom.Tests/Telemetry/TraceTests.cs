using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using Pressroom.Tests.Flows;
using Pressroom.Tests.Newsletters.Mail;

namespace Pressroom.Tests.Telemetry;

/// <summary>From the editor's call to whoever is told, on a whole host.</summary>
public sealed class TraceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_leads_from_the_post_through_every_queue_to_each_channel_and_each_mail()
    {
        await using var collector = await Collector.StartAsync();
        await using var networks = await FakeNetworks.StartAsync();
        await using var sendGrid = await FakeSendGrid.StartAsync();
        var spans = new Exported<Activity>();
        await using var newsroom = await Newsroom.OpenAsync(
            services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(spans)),
            [
                .. collector.Arguments, .. networks.Settings().Select(setting => $"--{setting.Name}={setting.Value}"), "--Site:BaseUrl=" + FakeNetworks.Site,
                "--SendGrid:ApiKey=" + FakeSendGrid.ApiKey, "--SendGrid:BaseUrl=" + sendGrid.BaseUrl, "--Mail:From=desk@news.example",
            ]);
        using (var readers = new StringContent("email,language,consentDate\na@example.net,en,2025-01-02\nb@example.net,en,2025-01-02", Encoding.UTF8, new MediaTypeHeaderValue("text/csv")))
        {
            using var imported = await newsroom.Editor.PostAsync("/api/subscribers/import", readers, Stop);
            imported.EnsureSuccessStatusCode();
        }

        await newsroom.SettledAsync(); // a refresh that waits already would be another's
        var article = await newsroom.PublishAsync("The bridge opens", new { newsletter = true, tags = new[] { "harbour" } });

        var channels = (await newsroom.GetAsync("/api/channels"))["items"]!.AsArray().Select(channel => (string)channel!["name"]!).ToList();
        Assert.Equal(10, channels.Count);
        await Newsroom.EventuallyAsync(
            async () => (await newsroom.GetAsync($"/api/articles/{article["id"]}/deliveries"))["items"]!.AsArray().Count(delivery => (string?)delivery!["state"] == "sent") == channels.Count
                && (string?)(await newsroom.GetAsync("/api/newsletters"))["items"]!.AsArray().FirstOrDefault()?["status"] == "sent",
            "all are told");
        await newsroom.ShowsAsync("/tag/harbour/feed.xml", "The bridge opens");
        var port = newsroom.Reader.BaseAddress!.Port;
        await newsroom.FlushedAsync();
        await newsroom.StopAsync();

        // Sources are the process's: other tests' newsrooms are heard here too.
        var post = Assert.Single(spans.All, span => Equals(span.GetTagItem("url.path"), "/api/articles") && Equals(span.GetTagItem("server.port"), port));
        Assert.Equal(ActivityKind.Server, post.Kind);
        var trace = spans.All.Where(span => span.TraceId == post.TraceId).ToList();
        var changed = Assert.Single(trace.Named("process article-changed"));
        Assert.Equal((post.SpanId, ActivityKind.Consumer), (changed.ParentSpanId, changed.Kind));
        Assert.Equal(("pressroom", "article-changed", "process"), (changed.GetTagItem("messaging.system"), changed.GetTagItem("messaging.destination.name"), changed.GetTagItem("messaging.operation.type")));
        Assert.NotEmpty(trace.Named("process site-refresh"));
        Assert.NotEmpty(trace.Named("process site-refresh-home"));
        var looks = trace.Named("process announce");
        Assert.Equal(channels.Count, looks.Count);
        Assert.All(looks, look => Assert.Equal(changed.SpanId, look.ParentSpanId));
        Assert.All(channels, channel =>
        {
            var call = Assert.Single(trace.Named($"announce {channel}"));
            Assert.Contains(looks, look => look.SpanId == call.ParentSpanId);
            Assert.Contains(trace.Below(call), request => request.Kind == ActivityKind.Client);
            Assert.Equal("Sent", call.GetTagItem("pressroom.outcome"));
        });

        var start = Assert.Single(trace.Named("process newsletter-start"));
        Assert.Equal(changed.SpanId, start.ParentSpanId);
        Assert.NotEmpty(trace.Named("process newsletter-send"));
        var mails = trace.Named("send mail");
        Assert.Equal(sendGrid.Calls.Count, mails.Count);
        Assert.Equal(2, mails.Sum(mail => (int)mail.GetTagItem("messaging.batch.message_count")!));
        Assert.All(mails, mail => Assert.Contains(trace.Below(mail), request => Equals(request.GetTagItem("url.full"), sendGrid.BaseUrl.AbsoluteUri.TrimEnd('/'))));

        // The same went out over OTLP.
        var exported = collector.All("traces");
        Assert.Contains("process newsletter-send", exported, StringComparison.Ordinal);
        Assert.Contains("announce mastodon", exported, StringComparison.Ordinal);
        Assert.Contains("pressroom", exported, StringComparison.Ordinal);
        Assert.Contains("Article {Article} to channel {Channel}", collector.All("logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_are_not_told_the_ids_of_traces_and_a_timer_begins_its_own()
    {
        await using var collector = await Collector.StartAsync();
        await using var hook = await Announcements.FakeService.StartAsync(_ => new Announcements.ServiceAnswer(204, "", []));
        var spans = new Exported<Activity>();
        await using var newsroom = await Newsroom.OpenAsync(
            services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(spans)),
            [.. collector.Arguments, "--Channels:0:Kind=webhook", $"--Channels:0:Url={hook.BaseUrl}in", "--Channels:0:Secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
        await newsroom.PublishAsync("Quietly");
        await Newsroom.EventuallyAsync(() => Task.FromResult(!hook.Calls.IsEmpty), "the hook is called");
        Assert.DoesNotContain(hook.Calls.Single().Headers.Keys, name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase) || name.Equals("Request-Id", StringComparison.OrdinalIgnoreCase));

        var began = Stopwatch.StartNew();
        await Pressroom.Telemetry.Traces.RunTimerAsync("SomeTimer", () => Task.Delay(1, Stop));
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => Pressroom.Telemetry.Traces.RunTimerAsync("FailingTimer", () => throw new TimeZoneNotFoundException("somebody@example.net")));

        var run = Assert.Single(spans.All.Named("SomeTimer"));
        Assert.Equal(default, run.ParentSpanId);
        Assert.True(run.Duration <= began.Elapsed);
        var failed = Assert.Single(spans.All.Named("FailingTimer"));
        Assert.Equal((ActivityStatusCode.Error, null), (failed.Status, failed.StatusDescription));
        Assert.Equal(typeof(TimeZoneNotFoundException).FullName, failed.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Where_no_exporter_is_set_there_is_no_telemetry_and_no_message_names_a_trace()
    {
        await using var newsroom = await Newsroom.OpenAsync();

        Assert.Null(newsroom.Service<IServiceProvider>().GetService<TracerProvider>());
        Assert.IsNotType<Pressroom.Telemetry.TracedQueues>(newsroom.Service<Pressroom.Storage.IQueueStore>());
        Assert.DoesNotContain(newsroom.Service<IServiceProvider>().GetServices<Microsoft.Extensions.Hosting.IHostedService>(), service => service is Pressroom.Telemetry.MeasureQueues);
    }
}
