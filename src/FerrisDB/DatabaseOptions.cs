using System.Security.Cryptography;

namespace FerrisDB;

/// <summary>How a database is opened: every limit and default of transactions. Immutable.</summary>
public sealed record DatabaseOptions
{
    /// <summary>Keys are at most this long in FoundationDB, and system keys three times as long.</summary>
    internal const int SystemKeySizeLimitBytes = 30_000;

    /// <summary>
    /// The storage engine below: memory, durability, disk. Its own limits of keys and values do not count.
    /// </summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>Bytes of a key at most, up to 30,000. Default: FoundationDB's 10,000.</summary>
    public int KeySizeLimitBytes { get; init; } = 10_000;

    /// <summary>Bytes of a value at most, up to 512 MiB. Default: FoundationDB's 100,000.</summary>
    public int ValueSizeLimitBytes { get; init; } = 100_000;

    /// <summary>
    /// Bytes of a commit at most: what is written, and the keys of what was read and written as conflict ranges; up to
    /// 1,000,000,000. Default: FoundationDB's 10,000,000.
    /// </summary>
    public int TransactionSizeLimitBytes { get; init; } = 10_000_000;

    /// <summary>
    /// How long a version stays readable, and a transaction that read there may commit, after a newer one was
    /// committed; from 10 ms to 10 days. Longer ones cost memory and disk for old versions. Default: 5 s, as in
    /// FoundationDB.
    /// </summary>
    public TimeSpan VersionWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a transaction may take, all its attempts together; <see cref="TimeSpan.Zero"/> is for ever, which is
    /// FoundationDB's default. Default: 30 s, so that nothing hangs unnoticed.
    /// </summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Attempts after the first one at most; -1 is no limit. Default: no limit, the timeout ends them.
    /// </summary>
    public int RetryLimit { get; init; } = -1;

    /// <summary>Time between two attempts at most. Default: 1 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Watches that may wait at once, at most 1,000,000. Default: 10,000.</summary>
    public int WatchesMax { get; init; } = 10_000;

    /// <summary>
    /// A conflict names the ranges that it is about: <see cref="FerrisException.ConflictingRanges"/>. Costs the time to
    /// look at all reads instead of the first that conflicts. Default: false.
    /// </summary>
    public bool ReportConflictingKeys { get; init; }

    /// <summary>
    /// How long a request to a server waits without a sign of life from any, from 10 ms on; of no meaning in process.
    /// Default: 10 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A commit to a server has an id, which the server keeps with it for 5 minutes: a commit whose answer was lost is
    /// sent again, and applied once. Without, it fails with <see cref="ErrorCode.CommitUnknownResult"/>. Of no meaning
    /// in process. Default: true.
    /// </summary>
    public bool AutomaticIdempotency { get; init; } = true;

    /// <summary>
    /// How a server whose address ends in <c>:tls</c> is known, and who this client is. Null: what
    /// <see cref="TlsOptions.FromEnvironment"/> says. Not null: an address without <c>:tls</c> is refused. Without any
    /// authority, those in <c>ca.pem</c> beside the cluster file count, or else those of the system. Default: null.
    /// </summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>
    /// What is shown to a server that asks who this is. Null: what the variable <c>FERRISDB_TOKEN</c> holds, or else
    /// the file <c>fdb.token</c> beside the cluster file. It is sent by TLS, or within this machine. Default: null.
    /// </summary>
    public AccessToken? Token { get; init; }

    /// <summary>Seeds the waits between attempts; null takes a random seed. For tests that must repeat.</summary>
    public int? Seed { get; init; }

    /// <summary>The engine's options, with limits that system keys and versionstamp suffixes fit into.</summary>
    internal StorageOptions EffectiveStorage => Storage with
    {
        KeySizeLimitBytes = SystemKeySizeLimitBytes,
        ValueSizeLimitBytes = ValueSizeLimitBytes,
    };

    /// <summary>A server opens it, and has clients that outlive it.</summary>
    internal bool IsServed { get; init; }

    /// <summary>See <see cref="RemoteOptions.AnswersInline"/>.</summary>
    internal bool AnswersInline { get; init; }

    /// <summary>What the roles need to know.</summary>
    internal RoleOptions Roles => new(CoarseTimeProvider.For(Storage.TimeProvider), VersionWindow, IsServed);

    /// <summary>What a client of a server needs to know.</summary>
    internal RemoteOptions Remote => new(
        RequestTimeout, AutomaticIdempotency, CoarseTimeProvider.For(Storage.TimeProvider),
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
        AnswersInline = AnswersInline,
    };

    /// <summary>What a server of this database lets its clients do.</summary>
    internal RequestLimits Limits => new(
        RawKeySizeLimitBytes, SystemKeySizeLimitBytes, ValueSizeLimitBytes, TransactionSizeLimitBytes);

    /// <summary>The same of a transaction with raw access.</summary>
    internal int RawKeySizeLimitBytes =>
        Math.Min(KeySizeLimitBytes + KeyLimits.PrefixBytes, SystemKeySizeLimitBytes);

    /// <summary>Refuses what cannot work, naming the option, its value and its bounds.</summary>
    internal void Validate()
    {
        Check(
            KeySizeLimitBytes is >= 1 and <= SystemKeySizeLimitBytes,
            nameof(KeySizeLimitBytes), KeySizeLimitBytes, "1 to 30,000 bytes");
        Check(
            ValueSizeLimitBytes is >= 1 and <= 1 << 29,
            nameof(ValueSizeLimitBytes), ValueSizeLimitBytes, "1 byte to 512 MiB");
        Check(
            TransactionSizeLimitBytes is >= 32 and <= 1_000_000_000,
            nameof(TransactionSizeLimitBytes), TransactionSizeLimitBytes, "32 to 1,000,000,000 bytes");
        Check(
            VersionWindow >= TimeSpan.FromMilliseconds(10) && VersionWindow <= TimeSpan.FromDays(10),
            nameof(VersionWindow), VersionWindow, "10 ms to 10 days");
        Check(
            TransactionTimeout >= TimeSpan.Zero && TransactionTimeout.TotalMilliseconds <= int.MaxValue,
            nameof(TransactionTimeout), TransactionTimeout, "0 to 24 days");
        Check(RetryLimit >= -1, nameof(RetryLimit), RetryLimit, "-1 or more");
        Check(
            MaxRetryDelay >= TimeSpan.Zero && MaxRetryDelay.TotalMilliseconds <= int.MaxValue,
            nameof(MaxRetryDelay), MaxRetryDelay, "0 to 24 days");
        Check(
            RequestTimeout >= TimeSpan.FromMilliseconds(10) && RequestTimeout <= TimeSpan.FromDays(1),
            nameof(RequestTimeout), RequestTimeout, "10 ms to 1 day");
        Check(WatchesMax is >= 0 and <= 1_000_000, nameof(WatchesMax), WatchesMax, "0 to 1,000,000");
    }

    private static void Check(bool isValid, string option, object value, string bounds)
    {
        if (!isValid)
            throw new ArgumentOutOfRangeException(option, value, $"DatabaseOptions.{option} must be {bounds}.");
    }
}
