namespace FerrisDB;

/// <summary>
/// How a client of a server whose address ends in <c>:tls</c> knows that server, and shows who it is itself. Immutable.
/// </summary>
/// <remarks>
/// All texts and files are PEM. Files are read again for new connections when they have changed, so that a certificate
/// can be renewed while the program runs. Where there are a text and a file, the text counts.
/// </remarks>
public sealed record TlsOptions
{
    /// <summary>
    /// The authorities that a server's certificate must come from. Neither this nor <see cref="CaPem"/>: those that the
    /// operating system trusts.
    /// </summary>
    public string? CaFile { get; init; }

    /// <inheritdoc cref="CaFile"/>
    public string? CaPem { get; init; }

    /// <summary>
    /// The certificate of this client, and those between it and the authority. Null: a server that asks for one refuses
    /// the connection.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <inheritdoc cref="CertificateFile"/>
    public string? CertificatePem { get; init; }

    /// <summary>The private key of the certificate; null if it stands with the certificate.</summary>
    public string? KeyFile { get; init; }

    /// <inheritdoc cref="KeyFile"/>
    public string? KeyPem { get; init; }

    /// <summary>What the key is encrypted with; null if it is not.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>
    /// What the certificate of the other side must say, in FoundationDB's words:
    /// <c>Check.Valid=1,S.CN=db.example.org</c>. Alternatives are separated by <c>|</c>. Null: the name must be that of
    /// the address. With it the address does not matter, as in FoundationDB.
    /// </summary>
    public string? VerifyPeers { get; init; }

    /// <summary>
    /// What FoundationDB's variables say: <c>FDB_TLS_CA_FILE</c>, <c>FDB_TLS_CERTIFICATE_FILE</c>,
    /// <c>FDB_TLS_KEY_FILE</c>, <c>FDB_TLS_PASSWORD</c>, <c>FDB_TLS_VERIFY_PEERS</c>. They count where
    /// <see cref="DatabaseOptions.Tls"/> is null.
    /// </summary>
    public static TlsOptions FromEnvironment() => new()
    {
        CaFile = Variable("FDB_TLS_CA_FILE"),
        CertificateFile = Variable("FDB_TLS_CERTIFICATE_FILE"),
        KeyFile = Variable("FDB_TLS_KEY_FILE"),
        KeyPassword = Variable("FDB_TLS_PASSWORD"),
        VerifyPeers = Variable("FDB_TLS_VERIFY_PEERS"),
    };

    /// <summary>The files, without what is secret.</summary>
    public override string ToString() =>
        $"CA {CaFile ?? (CaPem is null ? "of the system" : "given")}, certificate "
            + (CertificateFile ?? (CertificatePem is null ? "none" : "given"));

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
