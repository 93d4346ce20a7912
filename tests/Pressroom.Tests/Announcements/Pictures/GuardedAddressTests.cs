using System.Collections.Concurrent;
using System.Net;
using Pressroom.Announcements.Pictures;

namespace Pressroom.Tests.Announcements.Pictures;

/// <summary>Addresses by which an editor's picture would have the server call its own network. The service listens on 127.0.0.1 and must not be
/// called; names mean what the test says.</summary>
public sealed class GuardedAddressTests : IAsyncLifetime
{
    // Of the public part of the address space, and nobody's: a connection fails at once, or never comes.
    private static readonly IPAddress Unassigned = IPAddress.Parse("2000::1");

    private readonly ConcurrentDictionary<string, IPAddress[]> names = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> asked = new();
    private FakeService site = null!;
    private FakeService inner = null!;
    private FetchPicture pictures = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        inner = await FakeService.StartAsync(_ => SamplePicture.Answer);
        site = await FakeService.StartAsync(call => call.Path == "/moved" ? new ServiceAnswer(302, "", [("Location", Uri.UnescapeDataString(call.Query[1..]))]) : SamplePicture.Answer);
        pictures = new FetchPicture(site.BaseUrl, limit: TimeSpan.FromMinutes(1), resolve: (name, _) =>
        {
            asked.Enqueue(name);
            return Task.FromResult(names.GetValueOrDefault(name) ?? []);
        });
    }

    public async ValueTask DisposeAsync()
    {
        pictures.Dispose();
        await site.DisposeAsync();
        await inner.DisposeAsync();
    }

    [Theory]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.255.255.254")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("127。0。0。1")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("127.0.0.1%2f")]
    [InlineData("[::]")]
    [InlineData("[::1%25lo]")]
    [InlineData("[0:0:0:0:0:ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("[64:ff9b:1::127.0.0.1]")]
    [InlineData("[2002:7f00:1::1]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fec0::1]")]
    [InlineData("[fd12:3456::1]")]
    [InlineData("user:secret@127.0.0.1")]
    [InlineData("public.example@127.0.0.1")]
    [InlineData("public.example%40127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("[fd00:ec2::254]")]
    public async Task No_way_to_write_an_address_leads_into_the_network(string host)
    {
        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync($"http://{host}:{inner.BaseUrl.Port}/a.jpg", 1_000, Stop));
        Assert.Empty(inner.Calls);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    public async Task A_name_is_what_it_resolves_to(string address)
    {
        names["inner.example"] = [IPAddress.Parse(address)];

        Assert.Equal(new PictureOutcome.Failed("its address is not on the public internet."), await pictures.RunAsync(At("inner.example"), 1_000, Stop));
        Assert.Equal(["inner.example"], asked);
        Assert.Empty(inner.Calls);
    }

    [Fact]
    public async Task A_name_that_is_public_at_first_and_private_then_is_resolved_once()
    {
        var answers = new Queue<IPAddress>([Unassigned, IPAddress.Loopback, IPAddress.Loopback]);
        using var rebound = new FetchPicture(limit: TimeSpan.FromSeconds(5), resolve: (name, _) =>
        {
            asked.Enqueue(name);
            return Task.FromResult<IPAddress[]>([answers.Dequeue()]);
        });

        Assert.IsType<PictureOutcome.Failed>(await rebound.RunAsync(At("rebound.example"), 1_000, Stop));
        Assert.Equal(["rebound.example"], asked);
        Assert.Empty(inner.Calls);
    }

    [Fact]
    public async Task Of_a_names_addresses_only_the_public_ones_are_tried()
    {
        names["both.example"] = [IPAddress.Loopback, Unassigned, IPAddress.IPv6Loopback];

        Assert.NotEqual(new PictureOutcome.Failed("its address is not on the public internet."), await pictures.RunAsync(At("both.example"), 1_000, Stop));
        Assert.Empty(inner.Calls);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/a.jpg")]
    [InlineData("//127.0.0.1:{0}/a.jpg")]
    [InlineData("http://inner.example:{0}/a.jpg")]
    [InlineData("http://user:secret@inner.example:{0}/a.jpg")]
    [InlineData("/moved?http%3A%2F%2Finner.example%3A{0}%2Fa.jpg")]
    [InlineData("/moved?%2Fmoved%3Fhttp%253A%252F%252Finner.example%253A{0}%252Fa.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1:{0}/_GET%20/")]
    [InlineData("ftp://127.0.0.1:{0}/a.jpg")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=")]
    public async Task No_redirect_leads_into_the_network_however_many_hops_it_takes(string location)
    {
        names["inner.example"] = [IPAddress.Loopback];
        var target = location.Replace("{0}", $"{inner.BaseUrl.Port}", StringComparison.Ordinal);

        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync($"{site.BaseUrl}moved?{Uri.EscapeDataString(target)}", 1_000, Stop));
        Assert.NotEmpty(site.Calls);
        Assert.Empty(inner.Calls);
    }

    [Fact]
    public async Task A_redirect_that_never_ends_is_given_up()
    {
        await using var circle = await FakeService.StartAsync(call => new ServiceAnswer(302, "", [("Location", call.Path)]));
        using var turning = new FetchPicture(circle.BaseUrl);

        Assert.IsType<PictureOutcome.Failed>(await turning.RunAsync($"{circle.BaseUrl}a.jpg", 1_000, Stop));
        Assert.InRange(circle.Calls.Count, 2, 5);
    }

    [Fact]
    public async Task The_publications_own_name_opens_its_own_port_alone()
    {
        names["127.0.0.1.example"] = [IPAddress.Loopback];

        Assert.IsType<PictureOutcome.Fetched>(await pictures.RunAsync($"{site.BaseUrl}a.jpg", 1_000, Stop));
        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync(At(site.BaseUrl.Host), 1_000, Stop));
        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync($"http://127.0.0.1.example:{site.BaseUrl.Port}/a.jpg", 1_000, Stop));
        Assert.Single(site.Calls);
    }

    [Theory]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:c0a8:1::")]
    [InlineData("2001::1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("fec0::1")]
    [InlineData("ff0e::1")]
    [InlineData("100::1")]
    [InlineData("5f00::1")]
    [InlineData("0.1.2.3")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.0.170")]
    [InlineData("198.19.255.255")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    public void What_the_registries_reserve_is_not_public(string address) => Assert.False(PublicNetwork.Has(IPAddress.Parse(address)));

    private string At(string host) => $"http://{host}:{inner.BaseUrl.Port}/a.jpg";
}
