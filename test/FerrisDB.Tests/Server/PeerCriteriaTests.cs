using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB.Tests.Server;

/// <summary>FoundationDB's verification strings.</summary>
public sealed class PeerCriteriaTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("Check.Valid=1", true)]
    [InlineData("CN=db", true)]
    [InlineData("S.CN=db, S.O=FerrisDB trial", true)]
    [InlineData("Subject.CN=db,Issuer.CN=authority", true)]
    [InlineData("S.CN=d\\b", true)]
    [InlineData("S.CN=DB", false)]
    [InlineData("S.CN>=d", true)]
    [InlineData("S.CN>=b", false)]
    [InlineData("S.CN<=b", true)]
    [InlineData("S.OU=x", false)]
    [InlineData("I.CN=db", false)]
    [InlineData("S.CN=x|S.CN=y", false)]
    [InlineData("S.CN=x|S.CN=db", true)]
    [InlineData("S.CN=x\\|S.CN=db", false)]
    [InlineData("S.CN=db\\,x", false)]
    [InlineData("S.subjectAltName=DNS:localhost", true)]
    [InlineData("S.subjectAltName=IP:127.0.0.1", true)]
    [InlineData("S.subjectAltName<=.example.org", false)]
    public void A_certificate_is_accepted_if_it_says_what_it_must(string text, bool isAccepted)
    {
        using var certificate = X509Certificate2.CreateFromPem(TestCertificates.Server.CertificatePem!);
        using var chain = new X509Chain();

        var criteria = PeerCriteria.Parse(text);

        Assert.Equal(
            isAccepted, criteria.Accept(certificate, chain, SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.False(criteria.Accept(certificate, chain, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(criteria.Accept(null, chain, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    [Theory]
    [InlineData("CN")]
    [InlineData("=x")]
    [InlineData("X.CN=x")]
    [InlineData("S.XY=x")]
    [InlineData("I.subjectAltName=x")]
    [InlineData("Check.Valid=2")]
    [InlineData("S.CN=x|Check.Unexpired=")]
    public void What_cannot_be_understood_is_refused(string text)
    {
        var error = Assert.Throws<FerrisException>(() => PeerCriteria.Parse(text));

        Assert.Equal(ErrorCode.TlsError, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
