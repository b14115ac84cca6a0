using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB.Server;

/// <summary>An authority of one's own, to try TLS out: it signs certificates for servers and clients.</summary>
internal sealed class TrialAuthority : IDisposable
{
    private const int SerialBytes = 16;
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;

    private TrialAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Its certificate: whoever is to believe it needs this.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Its key: whoever has it can make certificates that are believed.</summary>
    public string KeyPem
    {
        get
        {
            using var key = _certificate.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Makes a new one.</summary>
    public static TrialAuthority Create(string name, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new TrialAuthority(request.CreateSelfSigned(from, until));
    }

    /// <summary>Reads one that was made before.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>.</exception>
    public static TrialAuthority Read(string certificatePem, string keyPem)
    {
        try
        {
            return new TrialAuthority(X509Certificate2.CreateFromPem(certificatePem, keyPem));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new FerrisException(
                ErrorCode.TlsError, $"The authority and its key cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Signs a certificate for a server that is reached by these names and addresses.</summary>
    public (string CertificatePem, string KeyPem) IssueToServer(
        string name, IReadOnlyList<string> hosts, DateTimeOffset from, DateTimeOffset until)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        return Issue(name, ServerPurpose, names.Build(), from, until);
    }

    /// <summary>Signs a certificate for a client.</summary>
    public (string CertificatePem, string KeyPem) IssueToClient(
        string name, DateTimeOffset from, DateTimeOffset until) => Issue(name, ClientPurpose, null, from, until);

    public void Dispose() => _certificate.Dispose();

    private (string CertificatePem, string KeyPem) Issue(
        string name, string purpose, X509Extension? names, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (names is not null)
            request.CertificateExtensions.Add(names);
        using var signed = request.Create(
            _certificate, from, until < _certificate.NotAfter ? until : _certificate.NotAfter,
            RandomNumberGenerator.GetBytes(SerialBytes));
        return (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static X500DistinguishedName Subject(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddOrganizationName("FerrisDB trial");
        builder.AddCommonName(name);
        return builder.Build();
    }
}
