using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace FerrisDB;

/// <summary>The client's side of TLS.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TlsClient
{
    /// <summary>What both sides say they speak, so that nobody else's server is taken for one of ours.</summary>
    public static readonly SslApplicationProtocol Protocol = new("ferrisdb");

    /// <summary>The file of authorities that is looked for beside a cluster file.</summary>
    public const string NeighbourName = "ca.pem";

    private readonly ChangingFiles<TlsMaterial> _material;

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>: it cannot be used.</exception>
    public TlsClient(TlsOptions options, TimeProvider clock)
    {
        _material = TlsMaterial.Of(options, clock);
        _ = _material.Current;
    }

    /// <summary>
    /// For the servers of a cluster: null if none of them asks for TLS. What no option and no variable names is looked
    /// for beside the cluster file.
    /// </summary>
    public static TlsClient? For(ConnectionString where, TlsOptions? options, TimeProvider clock)
    {
        if (options is not null && !where.IsTls)
            throw new FerrisException(
                ErrorCode.ConnectionStringInvalid,
                $"'{where}' has an address that does not end in :tls, and the options ask for TLS. Nothing was sent.");
        if (!where.Addresses.Any(static each => each.IsTls))
            return null;
        options ??= TlsOptions.FromEnvironment();
        if (options is { CaFile: null, CaPem: null } && where.NeighbourOf(NeighbourName) is { } beside)
            options = options with { CaFile = beside };
        return new TlsClient(options, clock);
    }

    /// <summary>Encrypts a stream to a server.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>: the server is not the right one, or does not
    /// take this client for the right one.</exception>
    public async ValueTask<Stream> EncryptAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        var material = _material.Current;
        var encrypted = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = NameOf(host),
            ClientCertificateContext = material.Identity,
            CertificateChainPolicy = material.ChainPolicy(),
            RemoteCertificateValidationCallback = material.Validation(),
            ApplicationProtocols = [Protocol],
        };
        try
        {
            await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
            return encrypted;
        }
        catch (AuthenticationException failure)
        {
            await encrypted.DisposeAsync();
            throw new FerrisException(ErrorCode.TlsError, Explain(failure), failure);
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    // Certificates have addresses of four numbers in one form alone.
    private static string NameOf(string host) =>
        IPAddress.TryParse(host, out var address) && address.IsIPv4MappedToIPv6
            ? address.MapToIPv4().ToString()
            : host;

    // The runtime says the last thing first and the reason last.
    private static string Explain(AuthenticationException failure)
    {
        var reason = failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message;
        return $"The TLS handshake failed: {reason}";
    }
}
