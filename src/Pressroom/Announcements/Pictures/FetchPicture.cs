using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Pressroom.Media;

namespace Pressroom.Announcements.Pictures;

/// <summary>Fetches an article's picture, to hand it to networks that do not fetch it themselves.</summary>
/// <remarks>The address is an editor's, not the operator's: names are resolved here and only public addresses are connected to, redirects
/// included, and no proxy resolves them again. The publication's own site is the exception, since it may be anywhere.</remarks>
public sealed class FetchPicture : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri? site;
    private readonly bool reachesPrivateNetworks;
    private readonly TimeSpan limit;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;

    /// <summary>Fetches from the public internet, and from the host and port of <paramref name="site"/>.</summary>
    /// <param name="site">The publication's own address.</param>
    /// <param name="reachesPrivateNetworks">Whether other hosts may be anywhere too: for tests.</param>
    /// <param name="limit">How long a picture may take; 20 seconds if not said.</param>
    /// <param name="resolve">Finds the addresses of a host's name; the system does if not said.</param>
    public FetchPicture(
        Uri? site = null, bool reachesPrivateNetworks = false, TimeSpan? limit = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (this.site, this.reachesPrivateNetworks, this.limit) = (site, reachesPrivateNetworks, limit ?? TimeSpan.FromSeconds(20));
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            MaxAutomaticRedirections = 3,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Pressroom", null));
        http.DefaultRequestHeaders.Accept.ParseAdd("image/jpeg, image/png, image/webp, image/gif");
    }

    /// <summary>Fetches the picture at an absolute http(s) address.</summary>
    /// <returns>The picture, or why there is none, in a sentence without the address.</returns>
    public async Task<PictureOutcome> RunAsync(string address, int mostBytes, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return new PictureOutcome.Failed("its address is no http(s) address.");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                return new PictureOutcome.Failed($"its server answered with status {(int)response.StatusCode}.");
            }

            return await ReadAsync(response, mostBytes, patience.Token) is { } bytes
                ? Recognised(bytes)
                : new PictureOutcome.Failed($"it has more than {mostBytes:N0} bytes.");
        }
        catch (HttpRequestException refused) when (refused.InnerException is NotPublicException)
        {
            return new PictureOutcome.Failed("its address is not on the public internet.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UriFormatException)
        {
            // The last is a redirect to an address without a host.
            return new PictureOutcome.Failed("it could not be fetched.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new PictureOutcome.Failed("it did not come in time.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > mostBytes)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > mostBytes)
            {
                return null;
            }
        }

        return bytes.ToArray();
    }

    // By what it is, not by what its server says that it is.
    private static PictureOutcome Recognised(byte[] bytes) => PictureTypes.Of(bytes) is { } type and not PictureType.Avif
        ? new PictureOutcome.Fetched(bytes, type.MediaType())
        : new PictureOutcome.Failed("it is neither JPEG, PNG, GIF nor WebP.");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var endPoint = context.DnsEndPoint;
        var isAllowed = reachesPrivateNetworks
            || (site is not null && site.Port == endPoint.Port && string.Equals(site.IdnHost, endPoint.Host, StringComparison.OrdinalIgnoreCase));
        var resolved = IPAddress.TryParse(endPoint.Host, out var literal) ? [literal] : await resolve(endPoint.Host, cancellation);
        var addresses = resolved.Where(address => isAllowed || PublicNetwork.Has(address)).ToArray();
        if (addresses.Length == 0)
        {
            throw new NotPublicException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class NotPublicException : IOException;
}

/// <summary>How fetching a picture ended.</summary>
public abstract record PictureOutcome
{
    /// <summary>A picture of one of the types <c>image/jpeg</c>, <c>image/png</c>, <c>image/gif</c> and <c>image/webp</c>.</summary>
    public sealed record Fetched(ReadOnlyMemory<byte> Bytes, string ContentType) : PictureOutcome;

    /// <summary>There is none; the reason reads on from "without its picture: ".</summary>
    public sealed record Failed(string Reason) : PictureOutcome;
}
