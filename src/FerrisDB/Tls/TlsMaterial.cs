using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB;

/// <summary>What one side of a connection brings to a TLS handshake: read whole, swapped whole.</summary>
/// <param name="Identity">The own certificate with its key; null if there is none.</param>
/// <param name="Authorities">Those that the other side's certificate must come from; null are the system's.</param>
/// <param name="Criteria">What it must say beside; null is the name that was connected to.</param>
internal sealed record TlsMaterial(
    SslStreamCertificateContext? Identity, X509Certificate2Collection? Authorities, PeerCriteria? Criteria)
{
    /// <summary>What options name, read again when it has changed.</summary>
    public static ChangingFiles<TlsMaterial> Of(TlsOptions options, TimeProvider clock)
    {
        string?[] paths =
        [
            options.CaPem is null ? options.CaFile : null,
            options.CertificatePem is null ? options.CertificateFile : null,
            options.KeyPem is null ? options.KeyFile : null,
        ];
        return new ChangingFiles<TlsMaterial>([.. paths.OfType<string>()], () => Read(options), clock);
    }

    /// <summary>How a chain of certificates is judged.</summary>
    public X509ChainPolicy ChainPolicy()
    {
        // Who runs a database takes a certificate back by another authority, and sends the certificates between with
        // his own: nothing is asked of other machines. (libfdb_c has no code for that: see its Substitutions.xml.)
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (Authorities is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Authorities);
        return policy;
    }

    /// <summary>How the other side is judged; null is as usual, by chain and name.</summary>
    public RemoteCertificateValidationCallback? Validation() => Criteria is { } criteria
        ? (_, certificate, chain, errors) => criteria.Accept(certificate as X509Certificate2, chain, errors)
        : null;

    private static TlsMaterial Read(TlsOptions options)
    {
        var certificate = Text(options.CertificatePem, options.CertificateFile);
        var authorities = Text(options.CaPem, options.CaFile);
        return new TlsMaterial(
            certificate is null
                ? null
                : PemFiles.Identity(
                    certificate, Text(options.KeyPem, options.KeyFile), options.KeyPassword,
                    options.CertificateFile ?? "the certificate"),
            authorities is null ? null : PemFiles.Authorities(authorities, options.CaFile ?? "the authorities"),
            options.VerifyPeers is null ? null : PeerCriteria.Parse(options.VerifyPeers));
    }

    private static string? Text(string? pem, string? file) => pem ?? (file is null ? null : PemFiles.Read(file));
}
