using System.Net;
using Microsoft.AspNetCore.Http;
using Pressroom.Access;
using Pressroom.Functions.Http;

namespace Pressroom.Tests.Access;

public sealed class ClientNetworksTests
{
    [Theory]
    [InlineData("203.0.113.9", null, "203.0.113.0/24")]
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.0/24")] // not passed on by the host: anybody can write the header
    [InlineData("127.0.0.1", "198.51.100.1", "198.51.100.0/24")]
    [InlineData("127.0.0.1", "198.51.100.1:50123", "198.51.100.0/24")]
    [InlineData("127.0.0.1", "192.0.2.66, 198.51.100.1:50123", "198.51.100.0/24")]
    [InlineData("::1", "[2001:db8:1:2:3::4]:50123", "2001:db8:1:2::/64")]
    [InlineData("::1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64")]
    [InlineData("127.0.0.1", "nonsense", "127.0.0.0/24")]
    [InlineData("127.0.0.1", "198.51.100.1, ", "127.0.0.0/24")]
    [InlineData(null, null, "unknown")]
    public void A_client_is_who_connected_or_whom_the_functions_host_names_last(string? connected, string? forwarded, string network) =>
        Assert.Equal(network, Of(connected, null, ("X-Forwarded-For", forwarded)));

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.0/24")]
    [InlineData(null, "203.0.113.0/24")]
    [InlineData("nonsense", "203.0.113.0/24")]
    public void The_operators_own_proxy_says_it_in_the_header_that_is_set(string? said, string network) =>
        Assert.Equal(network, Of("203.0.113.9", "X-Azure-ClientIP", ("X-Azure-ClientIP", said), ("X-Forwarded-For", "192.0.2.66")));

    private static string Of(string? connected, string? header, params (string Name, string? Value)[] headers)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = connected is null ? null : IPAddress.Parse(connected) } };
        foreach (var (name, value) in headers.Where(one => one.Value is not null))
        {
            context.Request.Headers[name] = value;
        }

        return new ClientNetworks(new AccessSettings(null, null, 0, 0, null) { ClientAddressHeader = header }).Of(context.Request).Text;
    }
}
