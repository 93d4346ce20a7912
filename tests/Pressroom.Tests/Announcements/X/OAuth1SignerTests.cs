using Pressroom.Announcements.X;

namespace Pressroom.Tests.Announcements.X;

public sealed class OAuth1SignerTests
{
    // The worked example of X's page "Creating a signature"; its keys were never anybody's.
    [Fact]
    public void A_request_is_signed_as_in_the_published_example()
    {
        var signer = new OAuth1Signer(
            "xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE");

        var header = signer.Sign(
            HttpMethod.Post, new Uri("https://api.twitter.com/1.1/statuses/update.json?include_entities=true"),
            [KeyValuePair.Create("status", "Hello Ladies + Gentlemen, a signed OAuth request!")],
            DateTimeOffset.FromUnixTimeSeconds(1_318_622_958), "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg");

        Assert.Equal(
            "oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", "
            + "oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\", oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318622958\", "
            + "oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", oauth_version=\"1.0\"",
            header);
    }

    [Fact]
    public void No_two_requests_have_the_same_nonce()
    {
        var signer = new OAuth1Signer("a", "b", "c", "d");

        Assert.NotEqual(
            signer.Sign(HttpMethod.Get, new Uri("https://api.x.com/2/users/me"), [], DateTimeOffset.UnixEpoch),
            signer.Sign(HttpMethod.Get, new Uri("https://api.x.com/2/users/me"), [], DateTimeOffset.UnixEpoch));
    }
}
