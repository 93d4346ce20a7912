using Microsoft.Extensions.Configuration;

namespace Pressroom.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("https://example.org", "https://example.org/api")]
    [InlineData("https://example.org/", "https://example.org/api")]
    [InlineData("https://example.org/news", "https://example.org/news/api")]
    [InlineData("https://example.org/news/", "https://example.org/news/api")]
    public void The_api_lies_below_the_sites_own_address(string baseUrl, string apiBaseUrl)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Site:BaseUrl", baseUrl)]).Build();
        Assert.Equal(apiBaseUrl, Settings.Read(configuration).Site.ApiBaseUrl.AbsoluteUri);
    }
}
