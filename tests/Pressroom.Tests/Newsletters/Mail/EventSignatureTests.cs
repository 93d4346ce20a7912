using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Newsletters.Mail;
using SendGrid.Helpers.EventWebhook;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class EventSignatureTests : IDisposable
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("[{\"event\":\"delivered\",\"sg_event_id\":\"1\",\"subject\":\"الميناء\"}]\r\n");
    private readonly FakeTimeProvider time = new(MailSample.Now);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly EventSignature signature;

    public EventSignatureTests() => signature = EventSignature.Create(PublicKey(key), time);

    public void Dispose() => key.Dispose();

    [Fact]
    public void A_signed_body_is_genuine() => Assert.True(signature.IsGenuine(Sign(Timestamp(), Body), Timestamp(), Body));

    [Fact]
    public void The_package_of_SendGrid_gives_the_same_verdict()
    {
        var validator = new RequestValidator();
        var theirs = validator.ConvertPublicKeyToECDSA(PublicKey(key));

        Assert.True(validator.VerifySignature(theirs, Encoding.UTF8.GetString(Body), Sign(Timestamp(), Body), Timestamp()));
        Assert.Equal((RequestValidator.SIGNATURE_HEADER, RequestValidator.TIMESTAMP_HEADER), (EventSignature.SignatureHeader, EventSignature.TimestampHeader));
    }

    [Fact]
    public void A_changed_body_is_not()
    {
        var signed = Sign(Timestamp(), Body);

        for (var at = 0; at < Body.Length; at++)
        {
            var changed = Body.ToArray();
            changed[at] ^= 1;
            Assert.False(signature.IsGenuine(signed, Timestamp(), changed));
        }

        Assert.False(signature.IsGenuine(signed, Timestamp(), Body.AsSpan(0, Body.Length - 2)));
    }

    [Fact]
    public void Another_timestamp_or_key_is_not()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var next = (time.GetUtcNow().ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture);

        Assert.False(signature.IsGenuine(Sign(Timestamp(), Body), next, Body));
        Assert.False(signature.IsGenuine(Sign(Timestamp(), Body, by: other), Timestamp(), Body));
    }

    [Theory]
    [InlineData(25 * 3600, true)]
    [InlineData((25 * 3600) + 1, false)]
    [InlineData(-600, true)]
    [InlineData(-601, false)]
    public void A_timestamp_is_good_for_25_hours(int age, bool isGood)
    {
        var timestamp = (time.GetUtcNow().ToUnixTimeSeconds() - age).ToString(CultureInfo.InvariantCulture);

        Assert.Equal(isGood, signature.IsGenuine(Sign(timestamp, Body), timestamp, Body));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    public void What_is_no_timestamp_is_not_genuine(string? timestamp) => Assert.False(signature.IsGenuine(Sign(timestamp ?? "", Body), timestamp, Body));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("AAAA")]
    [InlineData("MAYCAQECAQE=")]
    [InlineData("MIIBBggqhkjOPQMBBwNCAAQ=")]
    public void What_is_no_signature_is_not_genuine(string? text) => Assert.False(signature.IsGenuine(text, Timestamp(), Body));

    [Fact]
    public void A_signature_as_long_as_a_book_is_not_genuine() =>
        Assert.False(signature.IsGenuine(Sign(Timestamp(), Body) + new string('A', 10_000), Timestamp(), Body));

    [Fact]
    public async Task Many_can_ask_at_once()
    {
        var signed = Sign(Timestamp(), Body);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => signature.IsGenuine(signed, Timestamp(), Body))));

        Assert.All(verdicts, Assert.True);
    }

    [Fact]
    public void A_key_that_is_none_is_named_by_its_setting()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var good = key.ExportSubjectPublicKeyInfo();

        Assert.All(
            [
                "", "no key", "AAAA", PublicKey(p384), Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()),
                Convert.ToBase64String(good.AsSpan(0, 60)), Convert.ToBase64String([.. good, 0]), Convert.ToBase64String(key.ExportPkcs8PrivateKey()),
            ],
            text => Assert.StartsWith(
                "SendGrid__EventWebhookPublicKey is no ",
                Assert.Throws<SettingException>(() => EventSignature.Create(text, time)).Message,
                StringComparison.Ordinal));
    }

    private static string PublicKey(ECDsa of) => Convert.ToBase64String(of.ExportSubjectPublicKeyInfo());

    private string Timestamp() => time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private string Sign(string timestamp, byte[] body, ECDsa? by = null) => Convert.ToBase64String(
        (by ?? key).SignData([.. Encoding.UTF8.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
