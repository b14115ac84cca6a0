using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FerrisDB.Server;

namespace FerrisDB.Tests.Server;

/// <summary>
/// Certificates for tests, made once: an authority that both sides believe, and one that nobody does.
/// </summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly DateTimeOffset From = Now.AddDays(-10);
    private static readonly DateTimeOffset Until = Now.AddDays(10);

    private static readonly TrialAuthority Authority = TrialAuthority.Create("authority", From, Until);
    private static readonly TrialAuthority Stranger = TrialAuthority.Create("stranger", From, Until);

    public static string AuthorityPem => Authority.CertificatePem;

    public static string StrangerPem => Stranger.CertificatePem;

    /// <summary>A server that is known by address and name.</summary>
    public static TlsOptions Server { get; } =
        Of(Authority.IssueToServer("db", ["127.0.0.1", "localhost"], From, Until));

    /// <summary>A server of another name.</summary>
    public static TlsOptions Elsewhere { get; } =
        Of(Authority.IssueToServer("elsewhere", ["other.test"], From, Until));

    /// <summary>A server whose certificate is over.</summary>
    public static TlsOptions Expired { get; } =
        Of(Authority.IssueToServer("db", ["127.0.0.1"], From, Now.AddDays(-1)));

    /// <summary>A server that an authority vouches for that nobody knows.</summary>
    public static TlsOptions OfStranger { get; } = Of(Stranger.IssueToServer("db", ["127.0.0.1"], From, Until));

    /// <summary>As <see cref="Server"/>, and its clients must be known too.</summary>
    public static TlsOptions Mutual { get; } = Server with { CaPem = AuthorityPem };

    /// <summary>A client without a certificate.</summary>
    public static TlsOptions Client { get; } = new() { CaPem = AuthorityPem };

    /// <summary>A client with one.</summary>
    public static TlsOptions KnownClient { get; } = With(Authority.IssueToClient("app", From, Until));

    /// <summary>A client with one that says another name.</summary>
    public static TlsOptions ClientNamed(string name) => With(Authority.IssueToClient(name, From, Until));

    /// <summary>A client with one that is over.</summary>
    public static TlsOptions ExpiredClient { get; } = With(Authority.IssueToClient("app", From, Now.AddDays(-1)));

    /// <summary>A client with one of an authority that nobody knows.</summary>
    public static TlsOptions StrangeClient { get; } = With(Stranger.IssueToClient("app", From, Until));

    /// <summary>Another certificate for the same server.</summary>
    public static (string CertificatePem, string KeyPem) Issue(string name) =>
        Authority.IssueToServer(name, ["127.0.0.1"], From, Until);

    /// <summary>The client's side of a handshake, on a connection on which a test says what it likes.</summary>
    public static async Task<SslStream> EncryptAsync(Socket socket)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [TlsClient.Protocol],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(AuthorityPem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return stream;
    }

    private static TlsOptions Of((string Certificate, string Key) pem) =>
        new() { CertificatePem = pem.Certificate, KeyPem = pem.Key };

    private static TlsOptions With((string Certificate, string Key) pem) => Of(pem) with { CaPem = AuthorityPem };
}
