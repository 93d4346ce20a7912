using System.Net;
using Pressroom.Announcements.Pictures;

namespace Pressroom.Tests.Announcements.Pictures;

public sealed class FetchPictureTests : IAsyncLifetime
{
    private FakeService service = null!;
    private ServiceAnswer answer = SamplePicture.Answer;
    private bool isSlow;

    public async ValueTask InitializeAsync() => service = await FakeService.StartAsync(call =>
    {
        if (isSlow)
        {
            call.Aborted.WaitHandle.WaitOne();
        }

        return call.Path == "/moved" ? new ServiceAnswer(302, "", [("Location", call.Query[1..])]) : answer;
    });

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_picture_is_known_by_its_first_bytes_whatever_its_server_says()
    {
        using var pictures = new FetchPicture(reachesPrivateNetworks: true);

        var fetched = Assert.IsType<PictureOutcome.Fetched>(await FetchAsync(pictures, "/a.jpg"));

        Assert.Equal("image/jpeg", fetched.ContentType);
        Assert.Equal(SamplePicture.Jpeg, fetched.Bytes.ToArray());
    }

    [Theory]
    [InlineData("89504E470D0A1A0A00", "image/png")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("52494646000000005745425000", "image/webp")]
    [InlineData("3C7376673E", null)]
    [InlineData("", null)]
    public async Task Four_types_are_pictures(string hex, string? type)
    {
        answer = new ServiceAnswer(200, "", [("Content-Type", "image/jpeg")]) { Bytes = Convert.FromHexString(hex) };
        using var pictures = new FetchPicture(reachesPrivateNetworks: true);

        Assert.Equal(type, (await FetchAsync(pictures, "/a") as PictureOutcome.Fetched)?.ContentType);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0.0.0.0")]
    [InlineData("127.1")]
    public async Task A_private_address_is_not_reached_by_number_or_name(string host)
    {
        using var pictures = new FetchPicture(new Uri("https://news.example"));

        var outcome = await pictures.RunAsync($"http://{host}:{service.BaseUrl.Port}/a.jpg", 1_000, TestContext.Current.CancellationToken);

        Assert.Equal(new PictureOutcome.Failed("its address is not on the public internet."), outcome);
        Assert.Empty(service.Calls);
    }

    [Fact]
    public async Task The_publications_own_host_may_be_private_but_redirects_to_no_other()
    {
        await using var inner = await FakeService.StartAsync(_ => SamplePicture.Answer);
        using var pictures = new FetchPicture(service.BaseUrl);

        Assert.IsType<PictureOutcome.Fetched>(await FetchAsync(pictures, "/a.jpg"));
        Assert.IsType<PictureOutcome.Fetched>(await FetchAsync(pictures, "/moved?/a.jpg"));
        Assert.IsType<PictureOutcome.Failed>(await FetchAsync(pictures, $"/moved?{inner.BaseUrl}a.jpg"));
        Assert.Empty(inner.Calls);
    }

    [Fact]
    public async Task A_picture_over_the_limit_is_not_read()
    {
        using var pictures = new FetchPicture(reachesPrivateNetworks: true);

        Assert.IsType<PictureOutcome.Fetched>(await FetchAsync(pictures, "/a.jpg", SamplePicture.Jpeg.Length));
        Assert.IsType<PictureOutcome.Failed>(await FetchAsync(pictures, "/a.jpg", SamplePicture.Jpeg.Length - 1));
    }

    [Fact]
    public async Task A_picture_that_does_not_come_in_time_is_none()
    {
        isSlow = true;
        using var pictures = new FetchPicture(reachesPrivateNetworks: true, limit: TimeSpan.FromMilliseconds(200));

        Assert.Equal(new PictureOutcome.Failed("it did not come in time."), await FetchAsync(pictures, "/a.jpg"));
    }

    [Fact]
    public async Task What_is_missing_or_has_no_address_is_none()
    {
        answer = new ServiceAnswer(404);
        using var pictures = new FetchPicture(reachesPrivateNetworks: true);

        Assert.Equal(new PictureOutcome.Failed("its server answered with status 404."), await FetchAsync(pictures, "/a.jpg"));
        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync("file:///etc/passwd", 1_000, TestContext.Current.CancellationToken));
        Assert.IsType<PictureOutcome.Failed>(await pictures.RunAsync("/a.jpg", 1_000, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("64:ff9b::5db8:d70e", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("2001:db8::1", false)]
    public void Public_addresses_are_told_from_others(string address, bool isPublic) => Assert.Equal(isPublic, PublicNetwork.Has(IPAddress.Parse(address)));

    private Task<PictureOutcome> FetchAsync(FetchPicture pictures, string path, int mostBytes = 1_000) =>
        pictures.RunAsync(new Uri(service.BaseUrl, path).AbsoluteUri, mostBytes, TestContext.Current.CancellationToken);
}
