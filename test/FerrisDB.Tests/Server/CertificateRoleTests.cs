using FerrisDB.Server;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Whose certificate says what the token file says needs no token.</summary>
public sealed class CertificateRoleTests
{
    private static readonly TlsOptions Shop = TestCertificates.ClientNamed("shop");

    [Fact]
    public async Task A_certificate_counts_from_when_it_has_a_role_until_that_is_taken_back_without_a_restart()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scene = await TokenScene.StartAsync(clock, TestCertificates.Mutual);
        await using var shop = scene.Connect(Shop);
        scene.GiveToCertificates("S.CN=other", "admin");
        await AssertRefusedAsync(shop, "no role for the certificate");

        var id = scene.GiveToCertificates("S.CN=shop,I.CN=authority", "read-only");
        Assert.Null(await ReadAsync(shop, "a"));

        Assert.True(scene.Desk.Revoke(id));
        clock.Advance(TimeSpan.FromSeconds(2));
        await using var again = scene.Connect(Shop);
        await AssertRefusedAsync(again, "");
    }

    [Fact]
    public async Task The_first_entry_that_fits_counts()
    {
        await using var scene = await TokenScene.StartAsync(tls: TestCertificates.Mutual);
        scene.GiveToCertificates("S.CN=app", "admin");
        scene.GiveToCertificates("S.CN=shop|S.CN=other", "read-write", "p/");
        scene.GiveToCertificates("S.CN>=s", "admin");
        await using var shop = scene.Connect(Shop);

        await shop.RunAsync(transaction => transaction.Set("p/a"u8, "1"u8));
        var error = await Assert.ThrowsAsync<FerrisException>(() => ReadAsync(shop, "a"));

        Assert.Equal(ErrorCode.PermissionDenied, error.Code);
    }

    [Fact]
    public async Task Who_shows_a_token_is_judged_by_it_alone()
    {
        await using var scene = await TokenScene.StartAsync(tls: TestCertificates.Mutual);
        scene.GiveToCertificates("S.CN=shop", "admin");
        var token = scene.Give("read-only");
        await using var reader = scene.Connect(Shop, token);
        Assert.Null(await ReadAsync(reader, "a"));

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await reader.RunAsync(transaction => transaction.Set("a"u8, "1"u8)));
        Assert.Equal(ErrorCode.PermissionDenied, error.Code);

        await using var wrong = scene.Connect(Shop, AccessToken.Create().Text);
        await AssertRefusedAsync(wrong, "does not know the access token");
    }

    [Theory]
    [InlineData("Check.Valid=0")]
    [InlineData("S.CN=app|Check.Valid=0")]
    public async Task Where_anybody_may_make_certificates_they_have_no_role(string verifyPeers)
    {
        await using var scene = await TokenScene.StartAsync(
            tls: TestCertificates.Mutual with { VerifyPeers = verifyPeers });
        scene.GiveToCertificates("S.CN=app", "admin");
        await using var stranger = scene.Connect(TestCertificates.StrangeClient);

        await AssertRefusedAsync(stranger, "It wants an access token.");
    }

    [Fact]
    public async Task Where_the_server_asks_for_no_certificate_there_is_none()
    {
        await using var scene = await TokenScene.StartAsync(tls: TestCertificates.Server);
        scene.GiveToCertificates("S.CN=shop", "admin");
        await using var shop = scene.Connect(Shop);

        await AssertRefusedAsync(shop, "It wants an access token.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("S.CN=a|")]
    [InlineData("Check.Valid=0")]
    [InlineData("S.CN=a,Check.Unexpired=0")]
    [InlineData("R.CN=authority")]
    [InlineData("S.XY=a")]
    [InlineData("shop")]
    public async Task What_does_not_say_whose_a_certificate_is_gets_no_role(string criteria)
    {
        await using var scene = await TokenScene.StartAsync();

        var error = Assert.Throws<FerrisException>(() => scene.GiveToCertificates(criteria, "admin"));

        Assert.Equal(ErrorCode.InvalidOptionValue, error.Code);
        Assert.Empty(scene.Desk.List());
    }

    [Fact]
    public async Task An_entry_for_certificates_is_no_token()
    {
        await using var scene = await TokenScene.StartAsync();
        var id = scene.GiveToCertificates("S.CN=shop", "admin");
        var made = AccessToken.Create().Text.Split('_');
        await using var liar = scene.Connect($"{made[0]}_{id}_{made[2]}");

        await AssertRefusedAsync(liar, "");
    }

    private static Task<byte[]?> ReadAsync(Database database, string key) =>
        database.ReadAsync(reads => reads.GetAsync(System.Text.Encoding.ASCII.GetBytes(key))).AsTask();

    private static async Task AssertRefusedAsync(Database database, string reason)
    {
        var error = await Assert.ThrowsAsync<FerrisException>(() => ReadAsync(database, "a"));
        Assert.Equal(ErrorCode.AuthorizationTokenVerifyFailed, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
