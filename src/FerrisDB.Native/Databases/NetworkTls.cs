using System.Text;

namespace FerrisDB.Native;

/// <summary>
/// What a program has set of TLS, by FoundationDB's numbers; the environment where it has set nothing.
/// </summary>
/// <remarks>Counts for databases that are opened afterwards.</remarks>
internal static class NetworkTls
{
    private static readonly Lock Gate = new();

    // Under the lock.
    private static TlsOptions? _options;

    /// <summary>For a database on servers: null if none of them asks for TLS.</summary>
    public static TlsOptions? For(ConnectionString where)
    {
        if (!where.IsTls)
            return null;
        lock (Gate)
            return _options ?? TlsOptions.FromEnvironment();
    }

    /// <summary>Takes an option. The error, if there is no such one or its value cannot be understood.</summary>
    public static int Set(int code, ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        lock (Gate)
        {
            var options = _options ?? TlsOptions.FromEnvironment();
            try
            {
                _options = With(options, code, text);
                return 0;
            }
            catch (FerrisException)
            {
                return (int)ErrorCode.InvalidOptionValue;
            }
        }
    }

    private static TlsOptions With(TlsOptions options, int code, string text)
    {
        switch (code)
        {
            case 42:
                return options with { CertificatePem = text };
            case 43:
                return options with { CertificateFile = text, CertificatePem = null };
            case 45:
                return options with { KeyPem = text };
            case 46:
                return options with { KeyFile = text, KeyPem = null };
            case 47:
                _ = PeerCriteria.Parse(text);
                return options with { VerifyPeers = text };
            case 52:
                return options with { CaPem = text };
            case 53:
                return options with { CaFile = text, CaPem = null };
            case 54:
                return options with { KeyPassword = text };
            default:
                return options;
        }
    }
}
