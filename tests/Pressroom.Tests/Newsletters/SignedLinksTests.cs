using System.Buffers.Text;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;

namespace Pressroom.Tests.Newsletters;

public sealed class SignedLinksTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly SignedLinks links;

    public SignedLinksTests() => links = Make("a-signing-key-of-at-least-thirty-two-characters");

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    [InlineData("é كلمة 🙂")]
    public void A_token_says_what_was_signed(string payload)
    {
        var token = links.Sign("confirm", payload, time.GetUtcNow().AddDays(1));

        Assert.Matches("^[A-Za-z0-9_-]+$", token);
        Assert.Equal(payload, links.Read("confirm", token));
        Assert.Equal(token, links.Sign("confirm", payload, time.GetUtcNow().AddDays(1)));
    }

    [Fact]
    public void A_token_is_for_one_purpose_and_one_key()
    {
        var token = links.Sign("confirm", "x", time.GetUtcNow().AddDays(1));

        Assert.Null(links.Read("confir", token));
        Assert.Null(links.Read("unsubscribe", token));
        Assert.Null(Make("another-signing-key-of-at-least-thirty-two-ch").Read("confirm", token));
    }

    [Fact]
    public void A_token_expires()
    {
        var token = links.Sign("confirm", "x", time.GetUtcNow().AddDays(1));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("x", links.Read("confirm", token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(links.Read("confirm", token));
    }

    [Fact]
    public void No_changed_bit_goes_unnoticed()
    {
        var token = Base64Url.DecodeFromChars(links.Sign("confirm", "0123456789", time.GetUtcNow().AddDays(1)));
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            token[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(links.Read("confirm", Base64Url.EncodeToString(token)));
            token[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.NotNull(links.Read("confirm", Base64Url.EncodeToString(token)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("%%%")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_else_is_no_token(string? token) => Assert.Null(links.Read("confirm", token));

    [Fact]
    public void A_token_of_any_length_is_refused_and_not_read()
    {
        Assert.Null(links.Read("confirm", new string('A', 1_000_000)));
        for (var length = 0; length < 1_000; length++)
        {
            Assert.Null(links.Read("confirm", new string('A', length)));
        }
    }

    private SignedLinks Make(string key) => new(new Secrets("x", key, false), time);
}
