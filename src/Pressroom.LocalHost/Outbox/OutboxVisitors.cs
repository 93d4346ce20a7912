using System.Net;
using Pressroom.Access;

namespace Pressroom.LocalHost.Outbox;

/// <summary>Who may look into the outbox, with its addresses and links that act for their owners: an administrator with a token, and
/// whoever sits at this machine.</summary>
internal sealed class OutboxVisitors(Tokens tokens, SiteSettings site)
{
    // What proxies and tunnels say when they speak for somebody else. UseForwardedHeaders renames what it has taken to X-Original-….
    private static readonly string[] SignsOfProxies =
        ["X-Forwarded", "X-Original-", "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP"];

    public async ValueTask<bool> MayLookAsync(HttpContext context) => IsAtThisMachine(context) || await IsAdministratorAsync(context);

    // Host: a page elsewhere whose name is made to lead here (DNS rebinding) still sends its own name.
    // Site: nginx as it comes calls localhost and does not say for whom; once the publication has a public address, only a token opens.
    private bool IsAtThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !context.Request.Headers.Keys.Any(IsSignOfProxy)
        && context.Request.Host.Host.ToLowerInvariant() is "localhost" or "127.0.0.1" or "[::1]"
        && site.BaseUrl.IsLoopback;

    private async ValueTask<bool> IsAdministratorAsync(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && await tokens.RecogniseAsync(header[scheme.Length..].Trim(), context.RequestAborted) is { } caller
            && caller.Is(Role.Admin);
    }

    private static bool IsSignOfProxy(string header) => SignsOfProxies.Any(sign => header.StartsWith(sign, StringComparison.OrdinalIgnoreCase));
}
