using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB;

/// <summary>Certificates, keys and authorities, as they stand in PEM files.</summary>
internal static class PemFiles
{
    private const long FileBytesMax = 10 << 20;

    /// <summary>Reads a small file of text.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>.</exception>
    public static string Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > FileBytesMax)
                throw new FerrisException(ErrorCode.TlsError, $"{path} has {file.Length} bytes: that is no PEM file.");
            using var reader = file.OpenText();
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(ErrorCode.TlsError, $"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The certificates of authorities.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="from">Where it stands, for errors.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>.</exception>
    public static X509Certificate2Collection Authorities(string pem, string from)
    {
        var found = Certificates(pem, from);
        return found.Count > 0
            ? found
            : throw new FerrisException(ErrorCode.TlsError, $"There is no certificate of an authority in {from}.");
    }

    /// <summary>A certificate with its key, and the certificates between it and its authority.</summary>
    /// <param name="pem">The certificates, the own one first.</param>
    /// <param name="keyPem">The key; null if it stands with the certificates.</param>
    /// <param name="password">What the key is encrypted with, or null.</param>
    /// <param name="from">Where it stands, for errors.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>.</exception>
    public static SslStreamCertificateContext Identity(string pem, string? keyPem, string? password, string from)
    {
        var chain = Certificates(pem, from);
        if (chain.Count == 0)
            throw new FerrisException(ErrorCode.TlsError, $"There is no certificate in {from}.");
        try
        {
            var own = string.IsNullOrEmpty(password)
                ? X509Certificate2.CreateFromPem(pem, keyPem ?? pem)
                : X509Certificate2.CreateFromEncryptedPem(pem, keyPem ?? pem, password);
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(Usable(own), chain, offline: true);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // The runtime ends with the name of its parameter, which means nothing to whoever wrote the files.
            var reason = failure is ArgumentException { ParamName: { } name }
                ? failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
                : failure.Message;
            throw new FerrisException(
                ErrorCode.TlsError, $"The key of the certificate in {from} cannot be used: {reason}", failure);
        }
    }

    private static X509Certificate2Collection Certificates(string pem, string from)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException failure)
        {
            throw new FerrisException(
                ErrorCode.TlsError, $"There is something in {from} that is no certificate: {failure.Message}", failure);
        }
        return found;
    }

    // Windows does not use keys that exist in memory alone.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
