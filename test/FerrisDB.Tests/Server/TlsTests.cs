using System.Net;
using System.Security.Cryptography.X509Certificates;
using FerrisDB.Server;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Encrypted connections: who is believed, who is not, and what is said to those.</summary>
public sealed class TlsTests
{
    public static TheoryData<string, string, string?> Pairs => new()
    {
        // server, client, what the error says; null if they meet
        { nameof(TestCertificates.Server), nameof(TestCertificates.Client), null },
        { nameof(TestCertificates.Server), nameof(TestCertificates.KnownClient), null },
        { nameof(TestCertificates.Mutual), nameof(TestCertificates.KnownClient), null },
        { nameof(TestCertificates.Mutual), nameof(TestCertificates.Client), "" },
        { nameof(TestCertificates.Mutual), nameof(TestCertificates.StrangeClient), "" },
        { nameof(TestCertificates.Mutual), nameof(TestCertificates.ExpiredClient), "" },
        { nameof(TestCertificates.Elsewhere), nameof(TestCertificates.Client), "RemoteCertificateNameMismatch" },
        { nameof(TestCertificates.Expired), nameof(TestCertificates.Client), "NotTimeValid" },
        { nameof(TestCertificates.OfStranger), nameof(TestCertificates.Client), "certificate chain" },
    };

    [Theory, MemberData(nameof(Pairs))]
    public async Task Server_and_client_meet_if_each_has_what_the_other_believes(
        string serverName, string clientName, string? problem)
    {
        await using var server = await ServeAsync(Named(serverName));
        if (problem is not null)
        {
            var error = await RefusalAsync(server, Named(clientName));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            return;
        }
        await using var database = Connect(server, Named(clientName));

        await database.RunAsync(transaction => transaction.Set("a"u8, new byte[70_000]));

        Assert.Equal(70_000, (await database.ReadAsync(reads => reads.GetAsync("a"u8)))!.Length);
    }

    [Theory]
    [InlineData(nameof(TestCertificates.Elsewhere), "S.CN=elsewhere")]
    [InlineData(nameof(TestCertificates.Elsewhere), "Check.Valid=1")]
    [InlineData(nameof(TestCertificates.Expired), "Check.Unexpired=0,S.CN=db,I.CN=authority,R.CN=authority")]
    [InlineData(nameof(TestCertificates.OfStranger), "Check.Valid=0")]
    public async Task What_a_certificate_must_say_takes_the_place_of_the_name(string serverName, string criteria)
    {
        await using var server = await ServeAsync(Named(serverName));
        await using var database = Connect(server, TestCertificates.Client with { VerifyPeers = criteria });

        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
    }

    [Theory]
    [InlineData(nameof(TestCertificates.Server), "S.CN=elsewhere")]
    [InlineData(nameof(TestCertificates.Expired), "S.CN=db")]
    [InlineData(nameof(TestCertificates.OfStranger), "Check.Unexpired=0")]
    public async Task What_a_certificate_does_not_say_cannot_be_made_up_for(string serverName, string criteria)
    {
        await using var server = await ServeAsync(Named(serverName));

        var error = await RefusalAsync(server, TestCertificates.Client with { VerifyPeers = criteria });

        Assert.Equal(ErrorCode.TlsError, error.Code);
    }

    [Theory]
    [InlineData(nameof(TestCertificates.Mutual), nameof(TestCertificates.Client))]
    [InlineData(nameof(TestCertificates.Mutual), nameof(TestCertificates.StrangeClient))]
    [InlineData(nameof(TestCertificates.OfStranger), nameof(TestCertificates.Client))]
    public async Task A_database_says_that_it_is_the_certificates_and_does_not_try_for_ever(
        string serverName, string clientName)
    {
        await using var server = await ServeAsync(Named(serverName));
        await using var database = Connect(server, Named(clientName));

        var reading = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.ReadAsync(reads => reads.GetAsync("a"u8)));
        var writing = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8)));

        Assert.Equal((ErrorCode.TlsError, ErrorCode.TlsError), (reading.Code, writing.Code));
    }

    [Theory]
    [InlineData("S.CN=app", true)]
    [InlineData("S.CN=other|S.CN<=pp", true)]
    [InlineData("S.CN=other", false)]
    public async Task A_server_looks_at_what_the_certificate_of_a_client_says(string criteria, bool isKnown)
    {
        await using var server = await ServeAsync(TestCertificates.Mutual with { VerifyPeers = criteria });
        if (!isKnown)
        {
            await RefusalAsync(server, TestCertificates.KnownClient);
            return;
        }
        await using var database = Connect(server, TestCertificates.KnownClient);

        Assert.Null(await database.ReadAsync(reads => reads.GetAsync("a"u8)));
    }

    [Fact]
    public async Task A_plain_client_of_an_encrypted_server_is_told_and_sends_nothing_that_counts()
    {
        await using var server = await ServeAsync(TestCertificates.Server);

        var error = await RefusalAsync(server, null, isTls: false);

        Assert.Equal(ErrorCode.ConnectionFailed, error.Code);
    }

    [Fact]
    public async Task A_client_that_wants_encryption_never_speaks_in_clear_text()
    {
        await using var server = await TestServer.StartAsync();

        var error = await RefusalAsync(server, TestCertificates.Client);

        Assert.Contains("TLS handshake failed", error.Message, StringComparison.Ordinal);
        var refused = Assert.Throws<FerrisException>(() => Database.Connect(
            server.ConnectionString, new DatabaseOptions { Tls = TestCertificates.Client }));
        Assert.Equal(ErrorCode.ConnectionStringInvalid, refused.Code);
    }

    [Fact]
    public async Task A_renewed_certificate_counts_for_the_next_connection_and_a_broken_one_does_not()
    {
        var folder = Directory.CreateTempSubdirectory("ferrisdb-tls-");
        try
        {
            var clock = new FakeTimeProvider();
            var (file, key) = (Path.Combine(folder.FullName, "s.pem"), Path.Combine(folder.FullName, "k.pem"));
            await WriteAsync(TestCertificates.Issue("first"));
            await using var server = await TestServer.StartAsync(null, new ServerOptions
            {
                Tls = new TlsOptions { CertificateFile = file, KeyFile = key },
                TimeProvider = clock,
            });
            Assert.Equal("first", await NameOfAsync(server));

            await WriteAsync(TestCertificates.Issue("second"));
            Assert.Equal("first", await NameOfAsync(server));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("second", await NameOfAsync(server));

            await File.WriteAllTextAsync(file, "nothing");
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("second", await NameOfAsync(server));

            await WriteAsync(TestCertificates.Issue("third"));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("third", await NameOfAsync(server));

            async Task WriteAsync((string CertificatePem, string KeyPem) issued)
            {
                await File.WriteAllTextAsync(file, issued.CertificatePem);
                await File.WriteAllTextAsync(key, issued.KeyPem);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_cannot_be_used_is_named_when_it_is_opened()
    {
        var nowhere = Assert.Throws<FerrisException>(() => Database.Connect(
            "a:1@127.0.0.1:4500:tls", new DatabaseOptions { Tls = new TlsOptions { CaFile = "nowhere.pem" } }));
        var noKey = Assert.Throws<FerrisException>(() => Database.Connect(
            "a:1@127.0.0.1:4500:tls",
            new DatabaseOptions { Tls = new TlsOptions { CertificatePem = TestCertificates.AuthorityPem } }));
        var noCertificate = await Assert.ThrowsAsync<FerrisException>(() => ServeAsync(TestCertificates.Client));

        Assert.Equal(ErrorCode.TlsError, nowhere.Code);
        Assert.Contains("nowhere.pem", nowhere.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.TlsError, noKey.Code);
        Assert.Equal(ErrorCode.TlsError, noCertificate.Code);
    }

    [Theory]
    [InlineData("127.0.0.1", false, false, false, true)]
    [InlineData("::1", false, false, false, true)]
    [InlineData("0.0.0.0", false, false, false, false)]
    [InlineData("10.0.0.1", true, false, false, false)]
    [InlineData("10.0.0.1", true, true, false, true)]
    [InlineData("10.0.0.1", false, false, true, true)]
    public void Other_machines_are_served_with_encryption_and_certificates_or_if_somebody_insists(
        string address, bool isEncrypted, bool knowsClients, bool isInsecureAllowed, bool isAllowed)
    {
        var options = new ServerOptions
        {
            Listen = new IPEndPoint(IPAddress.Parse(address), 4500),
            IsInsecureAllowed = isInsecureAllowed,
            Tls = !isEncrypted ? null : knowsClients ? TestCertificates.Mutual : TestCertificates.Server,
        };

        var error = Record.Exception(options.Validate);

        if (isAllowed)
            Assert.Null(error);
        else
            Assert.Equal(ErrorCode.InvalidOptionValue, Assert.IsType<FerrisException>(error).Code);
    }

    [Fact]
    public void Nothing_secret_is_printed()
    {
        var text = (TestCertificates.KnownClient with { KeyPassword = "geheim" }).ToString()
            + new DatabaseOptions { Tls = TestCertificates.KnownClient with { KeyPassword = "geheim" } };

        Assert.DoesNotContain("geheim", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", text, StringComparison.Ordinal);
    }

    internal static Task<TestServer> ServeAsync(TlsOptions tls) =>
        TestServer.StartAsync(null, new ServerOptions { Tls = tls });

    // Through the network itself: a database would try again until its time is over.
    private static async Task<FerrisException> RefusalAsync(TestServer server, TlsOptions? tls, bool isTls = true)
    {
        var network = new TcpNetwork(tls is null ? null : new TlsClient(tls, TimeProvider.System));
        var address = new NetworkAddress("127.0.0.1", server.Server.EndPoint.Port, isTls);
        return await Assert.ThrowsAsync<FerrisException>(async () => await network.ConnectAsync(
            address, Handshake.OfClient("test:1"), TestContext.Current.CancellationToken));
    }

    private static Database Connect(TestServer server, TlsOptions tls) => Database.Connect(
        server.ConnectionString, new DatabaseOptions { Tls = tls });

    private static TlsOptions Named(string name) =>
        (TlsOptions)typeof(TestCertificates).GetProperty(name)!.GetValue(null)!;

    private static async Task<string> NameOfAsync(TestServer server)
    {
        using var socket = await server.ConnectRawAsync();
        await using var stream = await TestCertificates.EncryptAsync(socket);
        return ((X509Certificate2)stream.RemoteCertificate!).GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
