using System.Net;
using Microsoft.AspNetCore.Http;
using Pressroom.Access;

namespace Pressroom.Functions.Http;

/// <summary>Which network a call came from, also where others pass it on.</summary>
/// <remarks>A proxy of the operator's own says it in the header that the settings name. The Functions host passes every call on to its worker from
/// the same machine, and Azure's front end has put the client last in <c>X-Forwarded-For</c> (learn.microsoft.com/azure/app-service/overview-inbound-outbound-ips);
/// what stands before that, anybody can write. LocalHost has taken that header already, from proxies on its machine.</remarks>
public sealed class ClientNetworks(AccessSettings settings)
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>The network of whoever called.</summary>
    public NetworkPrefix Of(HttpRequest request)
    {
        if (settings.ClientAddressHeader is { } header && Last(request, header) is { } told)
        {
            return NetworkPrefix.Of(told);
        }

        var connected = request.HttpContext.Connection.RemoteIpAddress;
        return NetworkPrefix.Of(connected is null || IPAddress.IsLoopback(connected) ? Last(request, ForwardedFor) ?? connected : connected);
    }

    // An address, with its port or without.
    private static IPAddress? Last(HttpRequest request, string header) =>
        IPEndPoint.TryParse(request.Headers[header].ToString().Split(',')[^1].Trim(), out var client) ? client.Address : null;
}
