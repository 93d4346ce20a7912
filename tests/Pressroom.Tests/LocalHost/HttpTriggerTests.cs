using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pressroom.LocalHost.Triggers;

namespace Pressroom.Tests.LocalHost;

public sealed class HttpTriggerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_method_gets_its_route_values_and_its_result_is_the_answer()
    {
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Greetings)], Services = services => services.AddScoped<Scoped>() });

        Assert.Equal("read caf\u00e9 of 7", await host.Client.GetStringAsync("/api/shelves/7/books/caf%C3%A9", Cancellation));
        Assert.Equal("tail a/b/c", await host.Client.GetStringAsync("/api/tail/a/b/c", Cancellation));
        Assert.Equal("tail ", await host.Client.GetStringAsync("/api/tail", Cancellation));
        Assert.Equal("plain", await host.Client.GetStringAsync("/api/plain", Cancellation));
        var echoed = await host.Client.PostAsync("/api/echo", new StringContent("hello"), Cancellation);
        Assert.Equal(HttpStatusCode.Created, echoed.StatusCode);
        Assert.Equal("hello", (await echoed.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("said").GetString());
    }

    [Fact]
    public async Task Each_call_has_services_of_its_own_and_leaves_none_behind()
    {
        var disposed = 0;
        await using var host = await RunningHost.StartAsync(new()
        {
            Functions = [typeof(Greetings)],
            Services = services => services.AddScoped(_ => new Scoped { Disposed = () => Interlocked.Increment(ref disposed) }),
        });

        var first = await host.Client.GetStringAsync("/api/scope", Cancellation);
        var second = await host.Client.GetStringAsync("/api/scope", Cancellation);

        Assert.NotEqual(first, second);
        await Eventually.HoldsAsync(() => disposed == 2);
    }

    [Fact]
    public async Task The_prefix_of_host_json_moves_all_routes()
    {
        await using var host = await RunningHost.StartAsync(new()
        {
            Functions = [typeof(Greetings)],
            Services = services => services.AddScoped<Scoped>(),
            HostJson = """{ "extensions": { "http": { "routePrefix": "v1/press" } } }""",
        });

        Assert.Equal("plain", await host.Client.GetStringAsync("/v1/press/plain", Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/plain", Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/nothing-here", 404, "not-found")]
    [InlineData("GET", "/api", 404, "not-found")]
    [InlineData("DELETE", "/api/echo", 405, "method-not-allowed")]
    [InlineData("POST", "/", 405, "method-not-allowed")]
    public async Task An_address_or_method_that_is_not_served_is_a_problem(string method, string path, int status, string type)
    {
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Greetings)], Services = services => services.AddScoped<Scoped>() });

        var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);

        Assert.Equal(status, (int)answer.StatusCode);
        await AssertProblemAsync(answer, type, status);
        Assert.Equal(path switch { "/api/echo" => ["POST"], "/" => ["GET", "HEAD"], _ => [] }, answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task An_exception_is_logged_once_and_told_without_any_detail()
    {
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Troubles)] });

        var answer = await host.Client.GetAsync("/api/bug", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.False(answer.Headers.Contains("X-Set-Before"));
        await AssertProblemAsync(answer, "internal", 500);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var error = Assert.Single(host.Log.Errors);
        Assert.Contains("A request to Bug failed", error, StringComparison.Ordinal);
        Assert.Contains("a secret detail", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_no_error()
    {
        Troubles.Waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Troubles.Left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Troubles)] });
        using (var impatient = new TcpClient())
        {
            await impatient.ConnectAsync(host.Address.Host, host.Address.Port, Cancellation);
            await impatient.GetStream().WriteAsync("GET /api/wait HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);
            await Troubles.Waiting.Task.WaitAsync(Cancellation);
        }

        await Troubles.Left.Task.WaitAsync(Cancellation);
        await host.StopAsync();

        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_stop_finishes_the_requests_in_hand_and_takes_no_more()
    {
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Patience)] });
        var (begun, goOn) = (Patience.Begun, Patience.GoOn) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));

        var asking = host.Client.GetStringAsync("/api/patience", Cancellation);
        await begun.Task.WaitAsync(Cancellation);
        var stopping = host.StopAsync();
        using var late = new HttpClient();
        await Eventually.HoldsAsync(() => late.GetAsync(host.Address, Cancellation).ContinueWith(answer => answer.IsFaulted, TaskScheduler.Default).Result);
        Assert.False(stopping.IsCompleted);
        goOn.SetResult();

        Assert.Equal("at last", await asking);
        await stopping;
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_proxy_on_this_machine_tells_who_asked()
    {
        await using var host = await RunningHost.StartAsync(new() { Functions = [typeof(Greetings)], Services = services => services.AddScoped<Scoped>() });
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/who") { Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" } } };

        Assert.Equal("https 203.0.113.9", await (await host.Client.SendAsync(request, Cancellation)).Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(typeof(TakesANumber), "Function 'Numbered' has a parameter 'id' of type Int32, which this host cannot fill.")]
    [InlineData(typeof(TakesAnUnnamedRouteValue), "Function 'Unnamed' has a parameter 'slug' that its route 'x/{id}' does not name.")]
    [InlineData(typeof(ReturnsText), "Function 'Texting' returns String instead of IResult, Task<IResult> or ValueTask<IResult>.")]
    [InlineData(typeof(WantsAKey), "Function 'Keyed' asks for a function key; this host has none, so only AuthorizationLevel.Anonymous would be honest.")]
    [InlineData(typeof(HasNoTrigger), "Function 'Idle' has 0 triggers instead of one.")]
    [InlineData(typeof(HasTwoTriggers), "Function 'Torn' has 2 triggers instead of one.")]
    [InlineData(typeof(HasABadRoute), "Function 'Lost' has the route 'x/{id', which is malformed: *")]
    [InlineData(typeof(HasABadName), "Function 'not so good' has a name that *")]
    [InlineData(typeof(IsThereTwice), "Function 'Again' is there twice.")]
    [InlineData(typeof(IsStatic), "Function 'Fixed' is no plain method of a class with instances.")]
    [InlineData(typeof(QueueWithoutMessage), "Function 'Streamed' has a parameter 'message' of type Stream, which this host cannot fill.")]
    [InlineData(typeof(QueueWithService), "Function 'Served' has a parameter 'time' of type TimeProvider, which this host cannot fill.")]
    [InlineData(typeof(QueueThatAnswers), "Function 'Answering' returns Task`1 instead of Task, ValueTask or void.")]
    [InlineData(typeof(TimerAsText), "Function 'Late' takes its timer as String instead of TimerInfo.")]
    [InlineData(typeof(TimerOfFiveFields), "Function 'Coarse' has the schedule '* * * * *', which is no NCRONTAB expression of six fields *")]
    public void A_function_that_could_not_be_called_is_refused_by_its_name(Type type, string message)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new TriggerCatalog(new ConfigurationBuilder().Build(), [type]));

        if (message.EndsWith('*'))
        {
            Assert.StartsWith(message[..^1], exception.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(message, exception.Message);
        }
    }

    [Fact]
    public async Task A_class_that_lacks_a_service_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningHost.StartAsync(new() { Functions = [typeof(Greetings)] }));

        Assert.Equal("Greetings needs a Scoped, which is not among the services.", exception.Message);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, string type, int status)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal("urn:pressroom:problem:" + type, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(["type", "title", "status"], problem.EnumerateObject().Select(property => property.Name));
    }

#pragma warning disable CA1822, CA1801, IDE0060 // Functions are methods of instances, and these only show parameters.

    public sealed class Scoped : IDisposable
    {
        public string Id { get; } = Guid.NewGuid().ToString();

        public Action Disposed { get; init; } = () => { };

        public void Dispose() => Disposed();
    }

    public sealed class Greetings(Scoped scoped)
    {
        [Function("ReadBook")]
        public Task<IResult> ReadBook([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "shelves/{shelf}/books/{book}")] HttpRequest request, string book, string shelf, CancellationToken cancellation) =>
            Task.FromResult(Results.Text($"read {book} of {shelf}"));

        [Function("Tail")]
        public async ValueTask<IResult> Tail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tail/{*rest}")] HttpRequest request, string? rest)
        {
            await Task.Yield();
            return Results.Text($"tail {rest}");
        }

        [Function("plain")]
        public IResult Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("plain");

        [Function("Echo")]
        public async Task<IResult> Echo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request, CancellationToken cancellation)
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            return Results.Created("/here", new { said = await reader.ReadToEndAsync(cancellation) });
        }

        [Function("Scope")]
        public IResult Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scope")] HttpRequest request) => Results.Text(scoped.Id);

        [Function("Who")]
        public IResult Who([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "who")] HttpRequest request) =>
            Results.Text($"{request.Scheme} {request.HttpContext.Connection.RemoteIpAddress}");
    }

    public sealed class Troubles
    {
        public static TaskCompletionSource Waiting { get; set; } = new();

        public static TaskCompletionSource Left { get; set; } = new();

        [Function("Bug")]
        public Task<IResult> Bug([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bug")] HttpRequest request)
        {
            request.HttpContext.Response.Headers["X-Set-Before"] = "1";
            throw new InvalidOperationException("a secret detail");
        }

        [Function("Wait")]
        public async Task<IResult> Wait([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequest request, CancellationToken cancellation)
        {
            Waiting.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return Results.Ok();
            }
            finally
            {
                Left.SetResult();
            }
        }
    }

    public sealed class Patience
    {
        public static TaskCompletionSource Begun { get; set; } = new();

        public static TaskCompletionSource GoOn { get; set; } = new();

        [Function("Patience")]
        public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "patience")] HttpRequest request)
        {
            Begun.SetResult();
            await GoOn.Task;
            return Results.Text("at last");
        }
    }

    private sealed class TakesANumber
    {
        [Function("Numbered")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{id}")] HttpRequest request, int id) => Results.Ok();
    }

    private sealed class TakesAnUnnamedRouteValue
    {
        [Function("Unnamed")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{id}")] HttpRequest request, string slug) => Results.Ok();
    }

    private sealed class ReturnsText
    {
        [Function("Texting")]
        public string Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => "";
    }

    private sealed class WantsAKey
    {
        [Function("Keyed")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => Results.Ok();
    }

    private sealed class HasNoTrigger
    {
        [Function("Idle")]
        public IResult Run(HttpRequest request) => Results.Ok();
    }

    private sealed class HasTwoTriggers
    {
        [Function("Torn")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, [QueueTrigger("q")] string message) => Results.Ok();
    }

    private sealed class HasABadRoute
    {
        [Function("Lost")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{id")] HttpRequest request) => Results.Ok();
    }

    private sealed class HasABadName
    {
        [Function("not so good")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Ok();
    }

    private sealed class IsThereTwice
    {
        [Function("Again")]
        public Task Run([QueueTrigger("one")] string message) => Task.CompletedTask;

        [Function("Again")]
        public Task RunAgain([QueueTrigger("two")] string message) => Task.CompletedTask;
    }

    private sealed class IsStatic
    {
        [Function("Fixed")]
        public static Task Run([QueueTrigger("one")] string message) => Task.CompletedTask;
    }

    private sealed class QueueWithoutMessage
    {
        [Function("Streamed")]
        public Task Run([QueueTrigger("one")] Stream message) => Task.CompletedTask;
    }

    private sealed class QueueWithService
    {
        [Function("Served")]
        public Task Run([QueueTrigger("one")] string message, TimeProvider time) => Task.CompletedTask;
    }

    private sealed class QueueThatAnswers
    {
        [Function("Answering")]
        public Task<string> Run([QueueTrigger("one")] string message) => Task.FromResult(message);
    }

    private sealed class TimerAsText
    {
        [Function("Late")]
        public Task Run([TimerTrigger("0 * * * * *")] string timer) => Task.CompletedTask;
    }

    private sealed class TimerOfFiveFields
    {
        [Function("Coarse")]
        public Task Run([TimerTrigger("* * * * *")] TimerInfo timer) => Task.CompletedTask;
    }
}
