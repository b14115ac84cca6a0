using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FerrisDB.Server;

/// <summary>The server's side of TLS.</summary>
/// <remarks>
/// Thread-safe. The files are looked at again when connections come, so that a renewed certificate counts for the next
/// one; those that are open stay as they are.
/// </remarks>
internal sealed class TlsServer
{
    private readonly ChangingFiles<TlsMaterial> _material;
    private readonly TimeSpan _handshakeTimeout;

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TlsError"/>: it cannot be used.</exception>
    public TlsServer(TlsOptions options, TimeSpan handshakeTimeout, TimeProvider clock)
    {
        _material = TlsMaterial.Of(options, clock);
        _handshakeTimeout = handshakeTimeout;
        if (_material.Current.Identity is null)
            throw new FerrisException(
                ErrorCode.TlsError, "A server that is to be reached by TLS needs a certificate and its key.");
    }

    /// <summary>Told that the files were read again, or why they were not: then those of before count.</summary>
    public Action<FerrisException?>? Reread
    {
        get => _material.Reread;
        set => _material.Reread = value;
    }

    /// <summary>Every client has a certificate that an authority vouches for.</summary>
    public bool BelievesClients => _material.Current is { Authorities: not null, Criteria: not { TakesAnybody: true } };

    /// <summary>Encrypts the connections that come in.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = _handshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(Options(_material.Current)),
    });

    private static SslServerAuthenticationOptions Options(TlsMaterial material) => new()
    {
        ServerCertificateContext = material.Identity,
        // Whoever names authorities wants to know who comes; nobody else's certificate is looked at.
        ClientCertificateRequired = material.Authorities is not null,
        CertificateChainPolicy = material.ChainPolicy(),
        RemoteCertificateValidationCallback = material.Authorities is null ? null : material.Validation(),
        ApplicationProtocols = [TlsClient.Protocol],
        AllowRenegotiation = false,
    };
}
