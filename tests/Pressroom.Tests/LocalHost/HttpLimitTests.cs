using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.LocalHost.Hosting;

namespace Pressroom.Tests.LocalHost;

public sealed class HttpLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_of_8_MiB_is_taken_and_a_larger_one_refused()
    {
        await using var host = await StartAsync(new HttpLimits());

        var largest = await host.Client.PostAsync("/api/length", new ByteArrayContent(new byte[8 * 1024 * 1024]), Cancellation);
        Assert.Equal("8388608", await largest.Content.ReadAsStringAsync(Cancellation));
        var announced = await AskAsync(host, "POST /api/length HTTP/1.1\r\nHost: x\r\nContent-Length: 8388609\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", announced, StringComparison.Ordinal);
        Assert.Contains("urn:pressroom:problem:too-large", announced, StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_body_of_unannounced_size_is_refused_when_it_gets_too_large()
    {
        await using var host = await StartAsync(new HttpLimits { Body = 100_000 });
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/length") { Content = new StreamContent(new MemoryStream(new byte[100_001])), Headers = { TransferEncodingChunked = true } };

        var answer = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("urn:pressroom:problem:too-large", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task Headers_that_take_too_long_are_given_up()
    {
        await using var host = await StartAsync(new HttpLimits { HeaderTime = TimeSpan.FromSeconds(1) });

        var answer = await TrickleAsync(host, "GET / HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_takes_too_long_is_given_up_however_steadily_it_drips()
    {
        await using var host = await StartAsync(new HttpLimits { BodyTime = TimeSpan.FromSeconds(1.1) });

        var answer = await TrickleAsync(host, "POST /api/length HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", new string('x', 300));

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:pressroom:problem:timeout", answer, StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData(80, 20, "HTTP/1.1 431 ")]
    [InlineData(10, 4000, "HTTP/1.1 431 ")]
    [InlineData(10, 20, "HTTP/1.1 404 ")]
    public async Task Too_many_or_too_long_headers_are_refused(int count, int length, string status)
    {
        await using var host = await StartAsync(new HttpLimits());
        var headers = string.Concat(Enumerable.Range(0, count).Select(number => $"X-{number}: {new string('v', length)}\r\n"));

        Assert.StartsWith(status, await AskAsync(host, $"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("NONSENSE\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", "HTTP/1.1 4")]
    [InlineData("POST /api/length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task A_malformed_request_is_refused(string request, string status)
    {
        await using var host = await StartAsync(new HttpLimits());

        Assert.StartsWith(status, await AskAsync(host, request), StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    private static Task<RunningHost> StartAsync(HttpLimits limits) => RunningHost.StartAsync(new() { Functions = [typeof(Lengths)], Limits = limits });

    private static async Task<string> AskAsync(RunningHost host, string request)
    {
        using var client = await ConnectAsync(host);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        return await ReadAsync(client);
    }

    // A slow client: it sends a bit more every 50 ms until the host has had enough of it.
    private static async Task<string> TrickleAsync(RunningHost host, string beginning, string drop)
    {
        using var client = await ConnectAsync(host);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancellation);
        var answer = ReadAsync(client);
        while (!answer.IsCompleted)
        {
            try
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(drop), Cancellation);
            }
            catch (IOException)
            {
                break; // The host has hung up.
            }

            await Task.WhenAny(answer, Task.Delay(50, Cancellation));
        }

        return await answer;
    }

    private static async Task<TcpClient> ConnectAsync(RunningHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port, Cancellation);
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, Cancellation) is > 0 and var count)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Hung up on while we were still sending; what was read before counts.
        }

        return text.ToString();
    }

    public sealed class Lengths
    {
        [Function("Length")]
#pragma warning disable CA1822 // Functions are methods of instances.
        public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "length")] HttpRequest request, CancellationToken cancellation)
        {
            var copied = new MemoryStream();
            await request.Body.CopyToAsync(copied, cancellation);
            return Results.Text($"{copied.Length}");
        }
#pragma warning restore CA1822
    }
}
