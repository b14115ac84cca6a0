namespace FerrisDB.Extensions;

/// <summary>
/// The database of an application, as its configuration names it. What is null is as <see cref="DatabaseOptions"/> has
/// it.
/// </summary>
public sealed class FerrisDbOptions
{
    /// <summary>The folder, created if it is missing; a relative one is below the current folder.</summary>
    public string? Folder { get; set; }

    /// <summary>In memory instead, empty at the start and gone at the end. Default: false.</summary>
    public bool InMemory { get; set; }

    /// <summary>
    /// On a server instead: the path of the cluster file that <c>ferrisdb serve</c> has written, or what stands in it,
    /// <c>description:id@host:port</c>. See <see cref="Database.Connect(string, DatabaseOptions?)"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The access token for the server, <c>ferris_ID_SECRET</c>: keep it where secrets are kept. Null: as
    /// <see cref="DatabaseOptions.Token"/> says.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// For a server with TLS, the file of the authorities that its certificate must come from: see
    /// <see cref="TlsOptions.CaFile"/>. Where this and the four below are all null, FoundationDB's variables count.
    /// </summary>
    public string? TlsCaFile { get; set; }

    /// <summary>The file of this client's certificate: see <see cref="TlsOptions.CertificateFile"/>.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>The file of its private key: see <see cref="TlsOptions.KeyFile"/>.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>What the key is encrypted with: see <see cref="TlsOptions.KeyPassword"/>.</summary>
    public string? TlsKeyPassword { get; set; }

    /// <summary>What the server's certificate must say: see <see cref="TlsOptions.VerifyPeers"/>.</summary>
    public string? TlsVerifyPeers { get; set; }

    /// <summary>
    /// Opens it while the host starts, so that a damaged or locked folder stops the start; else it is opened by whoever
    /// asks for it first. Without a host it is always the latter. Default: true.
    /// </summary>
    public bool OpenAtStart { get; set; } = true;

    /// <summary>What commits survive: see <see cref="StorageOptions.Durability"/>.</summary>
    public Durability? Durability { get; set; }

    /// <summary>Bytes of memory: see <see cref="StorageOptions.MemoryBudgetBytes"/>.</summary>
    public long? MemoryBudgetBytes { get; set; }

    /// <summary>Bytes of a value at most: see <see cref="DatabaseOptions.ValueSizeLimitBytes"/>.</summary>
    public int? ValueSizeLimitBytes { get; set; }

    /// <summary>Bytes of a transaction at most: see <see cref="DatabaseOptions.TransactionSizeLimitBytes"/>.</summary>
    public int? TransactionSizeLimitBytes { get; set; }

    /// <summary>How long versions stay readable: see <see cref="DatabaseOptions.VersionWindow"/>.</summary>
    public TimeSpan? VersionWindow { get; set; }

    /// <summary>
    /// How long a transaction may take, attempts included: see <see cref="DatabaseOptions.TransactionTimeout"/>.
    /// </summary>
    public TimeSpan? TransactionTimeout { get; set; }

    /// <summary>Attempts after the first one: see <see cref="DatabaseOptions.RetryLimit"/>.</summary>
    public int? RetryLimit { get; set; }

    /// <summary>Watches at once: see <see cref="DatabaseOptions.WatchesMax"/>.</summary>
    public int? WatchesMax { get; set; }

    /// <summary>
    /// What has no property above is changed here, in code: it gets the options as they are so far and returns those to
    /// open with. Configuration does not set it.
    /// </summary>
    public Func<DatabaseOptions, DatabaseOptions>? ConfigureDatabase { get; set; }

    internal bool HasTls =>
        (TlsCaFile ?? TlsCertificateFile ?? TlsKeyFile ?? TlsKeyPassword ?? TlsVerifyPeers) is not null;

    internal DatabaseOptions ToDatabaseOptions()
    {
        var defaults = new DatabaseOptions();
        var options = defaults with
        {
            Storage = defaults.Storage with
            {
                Durability = Durability ?? defaults.Storage.Durability,
                MemoryBudgetBytes = MemoryBudgetBytes ?? defaults.Storage.MemoryBudgetBytes,
            },
            ValueSizeLimitBytes = ValueSizeLimitBytes ?? defaults.ValueSizeLimitBytes,
            TransactionSizeLimitBytes = TransactionSizeLimitBytes ?? defaults.TransactionSizeLimitBytes,
            VersionWindow = VersionWindow ?? defaults.VersionWindow,
            TransactionTimeout = TransactionTimeout ?? defaults.TransactionTimeout,
            RetryLimit = RetryLimit ?? defaults.RetryLimit,
            WatchesMax = WatchesMax ?? defaults.WatchesMax,
            Token = Token is null ? defaults.Token : AccessToken.Parse(Token),
            Tls = HasTls ? ToTlsOptions() : defaults.Tls,
        };
        return ConfigureDatabase is null ? options : ConfigureDatabase(options);
    }

    private TlsOptions ToTlsOptions() => new()
    {
        CaFile = TlsCaFile,
        CertificateFile = TlsCertificateFile,
        KeyFile = TlsKeyFile,
        KeyPassword = TlsKeyPassword,
        VerifyPeers = TlsVerifyPeers,
    };
}
