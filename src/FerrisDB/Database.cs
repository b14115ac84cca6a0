using System.Runtime.CompilerServices;

namespace FerrisDB;

/// <summary>A transactional, ordered map from bytes to bytes, in a folder, in memory, or on a server.</summary>
/// <remarks>
/// Thread-safe throughout: open it once and share it. Transactions are strictly serializable. The same folder opened
/// twice in a process is one shared database, with the options of the first; it is closed with the last one.
/// </remarks>
public sealed class Database : IAsyncDisposable, IDisposable
{
    private const double MillisecondsPerSecond = 1_000;

    // Who shares a database has the options of whoever opened it first.
    private static readonly ConditionalWeakTable<EmbeddedRoles, DatabaseOptions> FirstOptions = [];

    // Of a tenant: the database that it is part of, which has the options, the watches and the end of both.
    private readonly Database? _owner;
    private readonly EmbeddedCluster? _embedded;
    private readonly ICluster _cluster;
    private readonly Random _chance;
    private TransactionSettings _defaults;
    private readonly HashSet<PendingWatch> _watches = []; // under its lock
    private int _watchesMax;
    private int _isDisposed;

    private Database(EmbeddedCluster? embedded, ICluster cluster, string name, DatabaseOptions options)
    {
        _embedded = embedded;
        _cluster = cluster;
        Name = name;
        Options = options;
        NamespacePair = new KeyValuePair<string, object?>(DatabaseTelemetry.NamespaceTag, name);
        Clock = CoarseTimeProvider.For(options.Storage.TimeProvider);
        TicksPerMillisecond = Clock.TimestampFrequency / MillisecondsPerSecond;
        Buffers = new BufferPool(options.ValueSizeLimitBytes, cluster.TakesBatches);
        _chance = options.Seed is { } seed ? new Random(seed) : new Random();
        _watchesMax = options.WatchesMax;
        _defaults = new TransactionSettings
        {
            TimeoutMs = (long)options.TransactionTimeout.TotalMilliseconds,
            RetryLimit = options.RetryLimit,
            MaxRetryDelayMs = (long)options.MaxRetryDelay.TotalMilliseconds,
            SizeLimitBytes = options.TransactionSizeLimitBytes,
            SizeLimitBytesMax = options.TransactionSizeLimitBytes,
            ReportsConflictingKeys = options.ReportConflictingKeys,
            SnapshotReadYourWrites = 1,
        };
    }

    private Database(Database owner, TenantCluster cluster)
    {
        _owner = owner;
        _embedded = owner._embedded;
        _cluster = cluster;
        Name = owner.Name;
        Options = owner.Options;
        NamespacePair = owner.NamespacePair;
        Clock = owner.Clock;
        TicksPerMillisecond = owner.TicksPerMillisecond;
        Buffers = new BufferPool(Options.ValueSizeLimitBytes, keepsJournal: false);
        _chance = owner._chance;
        _defaults = owner._defaults;
    }

    /// <summary>The options that it was opened with; of a shared one those of the first.</summary>
    public DatabaseOptions Options { get; }

    /// <summary>
    /// The storage engine below: statistics, events, verification. Do not write through it: the resolver and watches
    /// would not learn of it.
    /// </summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.UnsupportedOperation"/>: the database is on a server, and so is its engine.
    /// </exception>
    public StorageEngine Storage => Embedded.Engine;

    /// <summary>
    /// True if the database is on a server: then there is no storage engine here, and nothing that needs one.
    /// </summary>
    public bool IsRemote => _embedded is null;

    internal ICluster Cluster
    {
        get
        {
            ThrowIfDisposed();
            return _cluster;
        }
    }

    internal EmbeddedCluster Embedded
    {
        get
        {
            ThrowIfDisposed();
            return _embedded ?? throw new FerrisException(
                ErrorCode.UnsupportedOperation,
                "This needs the storage engine or a snapshot of it, and the database is on a server: ask there.");
        }
    }

    /// <summary>Memory for transactions.</summary>
    internal BufferPool Buffers { get; }

    /// <summary>Tells when transactions time out.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>Of that clock.</summary>
    internal double TicksPerMillisecond { get; }

    /// <summary>The tag of measurements that names the folder.</summary>
    internal KeyValuePair<string, object?> NamespacePair { get; }

    /// <summary>The folder, or the name of the cluster.</summary>
    internal string Name { get; }

    internal TransactionSettings Defaults => Volatile.Read(ref (_owner ?? this)._defaults);

    /// <summary>Its transactions belong to a tenant.</summary>
    internal bool IsTenant => _owner is not null;

    /// <summary>The way to its server, if it has one.</summary>
    internal RemoteCluster? Remote => (_owner ?? this)._cluster as RemoteCluster;

    private RetryLoop Loop => new(this);

    /// <summary>Opens the database in a folder, after a crash too, creating it if that is allowed.</summary>
    /// <param name="folder">Its path. One process has it at a time; within a process openers share it.</param>
    /// <param name="options">Limits and defaults; null takes all defaults.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: another process has it; the message names the process.
    /// <see cref="ErrorCode.FileCorrupt"/>: a file is damaged; the message names it and the place.
    /// <see cref="ErrorCode.FormatTooNew"/>, <see cref="ErrorCode.FileNotFound"/>, <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public static Database Open(string folder, DatabaseOptions? options = null) => Wait(OpenAsync(folder, options));

    /// <summary>As <see cref="Open"/>, without blocking.</summary>
    public static ValueTask<Database> OpenAsync(string folder, DatabaseOptions? options = null) =>
        OpenAsync(folder, options ?? new DatabaseOptions(), static cluster => cluster);

    /// <summary>As <see cref="OpenAsync(string, DatabaseOptions?)"/>, with somebody between it and its roles.</summary>
    internal static async ValueTask<Database> OpenAsync(
        string folder, DatabaseOptions options, Func<ICluster, ICluster> decorate)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options.Validate();
        var shared = await OpenFolders.OpenAsync(folder, options.EffectiveStorage, options.Roles);
        options = FirstOptions.GetValue(shared.Roles, _ => options);
        var cluster = new EmbeddedCluster(shared);
        return new Database(cluster, decorate(cluster), cluster.Engine.Folder, options);
    }

    /// <summary>
    /// Opens the database of a server: `ferrisdb serve` writes how to reach it into a cluster file. Returns at once;
    /// the first request connects.
    /// </summary>
    /// <param name="clusterFileOrConnectionString">
    /// The path of the file, or what stands in it: <c>description:id@host:port,...</c>.
    /// </param>
    /// <param name="options">
    /// Limits and defaults of transactions; null takes all defaults. <see cref="DatabaseOptions.Storage"/> counts for
    /// its durability alone. The server has limits of its own, which no client can exceed.
    /// </param>
    /// <remarks>
    /// When the connection is lost, what was under way is asked again on the next one, reads, commits and watches
    /// alike; a commit is applied once, however often it is sent: see
    /// <see cref="DatabaseOptions.AutomaticIdempotency"/>. If no server answers for
    /// <see cref="DatabaseOptions.RequestTimeout"/>, calls fail with <see cref="ErrorCode.TimedOut"/>, and a commit
    /// that was sent with <see cref="ErrorCode.CommitUnknownResult"/>. A server that does not accept the access token
    /// says so at once: <see cref="ErrorCode.AuthorizationTokenVerifyFailed"/>; so does one whose certificate does not
    /// fit, or that wants another of the client: <see cref="ErrorCode.TlsError"/>. What it does not allow fails with
    /// <see cref="ErrorCode.PermissionDenied"/>.
    /// </remarks>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.NoClusterFileFound"/>, <see cref="ErrorCode.ConnectionStringInvalid"/>.
    /// <see cref="ErrorCode.TlsError"/>: an address ends in <c>:tls</c>, and a certificate, key or authority that
    /// <see cref="DatabaseOptions.Tls"/> or the environment names cannot be used.
    /// <see cref="ErrorCode.AuthorizationTokenVerifyFailed"/>: what is to be an access token is none; see
    /// <see cref="DatabaseOptions.Token"/>.
    /// </exception>
    public static Database Connect(string clusterFileOrConnectionString, DatabaseOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clusterFileOrConnectionString);
        return Connect(ConnectionString.Find(clusterFileOrConnectionString), options);
    }

    /// <summary>As <see cref="Connect(string, DatabaseOptions?)"/>.</summary>
    internal static Database Connect(ConnectionString where, DatabaseOptions? options)
    {
        options ??= new DatabaseOptions();
        options.Validate();
        var clock = options.Storage.TimeProvider;
        var token = TokenSource.For(where, options.Token, clock);
        return Connect(where, new TcpNetwork(TlsClient.For(where, options.Tls, clock)), options, token);
    }

    /// <summary>As <see cref="Connect(string, DatabaseOptions?)"/>, over a network of one's own.</summary>
    internal static Database Connect(
        ConnectionString where, INetwork network, DatabaseOptions? options, Func<string>? token = null)
    {
        options ??= new DatabaseOptions();
        options.Validate();
        var remote = token is null ? options.Remote : options.Remote with { Token = token };
        var cluster = new RemoteCluster(where, network, remote);
        return new Database(null, cluster, where.Cluster, options);
    }

    /// <summary>
    /// Opens an empty database that lives in memory and ends when it is disposed. Takes less than a millisecond, but
    /// for the first one of a process: for tests, and for data that need not last.
    /// </summary>
    public static Database OpenInMemory(DatabaseOptions? options = null) =>
        OpenInMemory(options ?? new DatabaseOptions(), static cluster => cluster);

    /// <summary>As <see cref="OpenInMemory(DatabaseOptions?)"/>, with somebody between it and its roles.</summary>
    internal static Database OpenInMemory(DatabaseOptions options, Func<ICluster, ICluster> decorate)
    {
        options.Validate();
        var shared = Wait(OpenFolders.OpenInMemoryAsync(options.EffectiveStorage, options.Roles));
        var cluster = new EmbeddedCluster(shared);
        return new Database(cluster, decorate(cluster), cluster.Engine.Folder, options);
    }

    /// <summary>The cluster file that it was opened by; empty if there was none.</summary>
    internal string ClusterFile
    {
        get => _owner?.ClusterFile ?? field;
        set;
    } = "";

    /// <summary>The servers as a cluster file names them; nothing if there is no server.</summary>
    internal IReadOnlyList<string> Servers => _cluster is RemoteCluster remote
        ? [.. remote.Where.Addresses.Select(static address => address.ToString())]
        : [];

    /// <summary>
    /// Stops the server of an address, so that whoever looks after it starts it again. False if it is not the address
    /// of a server: nobody can start this process again.
    /// </summary>
    internal async ValueTask<bool> RebootAsync(string address)
    {
        if (_cluster is not RemoteCluster remote || address.Length == 0)
            return false;
        try
        {
            await remote.OrderAsync(AdminOrder.Stop, address);
            return true;
        }
        catch (FerrisException another) when (another.Code == ErrorCode.InvalidOptionValue)
        {
            return false;
        }
    }

    /// <summary>The same database with options of its own. Dispose one of them, after the last use of both.</summary>
    internal Database WithOwnOptions() => new(_embedded, Cluster, Name, Options);

    /// <summary>
    /// Opens a tenant: a part of the database with keys of its own, beside those of all others. Asks nobody whether it
    /// exists: its first transaction does.
    /// </summary>
    /// <param name="name">Its name.</param>
    public Tenant OpenTenant(ReadOnlySpan<byte> name)
    {
        var bytes = name.ToArray();
        var cluster = new TenantCluster(Cluster, bytes);
        return new Tenant(bytes, cluster, new Database(this, cluster));
    }

    /// <summary>Creates a tenant, without any key.</summary>
    /// <param name="name">Any bytes, but not <c>\xff</c> first. Nobody else has it.</param>
    /// <param name="cancellationToken">Ends the attempts, between two of them.</param>
    /// <returns>What it is.</returns>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TenantsDisabled"/>: see <see cref="SetTenantModeAsync"/>.
    /// <see cref="ErrorCode.TenantAlreadyExists"/>, <see cref="ErrorCode.InvalidTenantName"/>.
    /// <see cref="ErrorCode.TenantPrefixAllocatorConflict"/>: keys outside of all tenants lie where its keys would be.
    /// <see cref="ErrorCode.ClusterNoCapacity"/>: there are a million tenants.
    /// <see cref="ErrorCode.PermissionDenied"/>: on a server, tenants are an admin's matter.
    /// </exception>
    public ValueTask<TenantInfo> CreateTenantAsync(
        ReadOnlySpan<byte> name, CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).CreateAsync(name.ToArray(), cancellationToken);

    /// <summary>Deletes a tenant that has no keys. Its transactions fail from then on.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TenantNotFound"/>, <see cref="ErrorCode.TenantNotEmpty"/>,
    /// <see cref="ErrorCode.PermissionDenied"/>.
    /// </exception>
    public ValueTask DeleteTenantAsync(ReadOnlySpan<byte> name, CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).DeleteAsync(name.ToArray(), cancellationToken);

    /// <summary>Gives a tenant another name. Whoever has it open goes on.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TenantNotFound"/>, <see cref="ErrorCode.TenantAlreadyExists"/>,
    /// <see cref="ErrorCode.InvalidTenantName"/>, <see cref="ErrorCode.PermissionDenied"/>.
    /// </exception>
    public ValueTask RenameTenantAsync(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName, CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).RenameAsync(name.ToArray(), newName.ToArray(), cancellationToken);

    /// <summary>The tenants by name.</summary>
    /// <param name="begin">The first name.</param>
    /// <param name="end">The first name that is not wanted any more; nothing for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the attempts, between two of them.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ValueTask<IReadOnlyList<TenantInfo>> ListTenantsAsync(
        ReadOnlySpan<byte> begin = default, ReadOnlySpan<byte> end = default, int limit = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).ListAsync(begin.ToArray(), end.ToArray(), limit, cancellationToken);

    /// <summary>Whether there may be tenants.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ValueTask<TenantMode> GetTenantModeAsync(CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).GetModeAsync(cancellationToken);

    /// <summary>Decides whether there may be tenants. Counts for all commits after its own.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidTenantConfiguration"/>: there are tenants, which cannot be disabled.
    /// <see cref="ErrorCode.PermissionDenied"/>.
    /// </exception>
    public ValueTask SetTenantModeAsync(TenantMode mode, CancellationToken cancellationToken = default) =>
        new TenantAdmin(this).SetModeAsync(mode, cancellationToken);

    /// <summary>
    /// Begins a transaction, which its owner commits and disposes. Prefer
    /// <see cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>, which retries.
    /// </summary>
    public Transaction CreateTransaction()
    {
        DatabaseTelemetry.Add(DatabaseTelemetry.Started, this);
        return new Transaction(this);
    }

    /// <summary>Takes a snapshot: the database as it is now, readable as long as it is held.</summary>
    /// <remarks>What is overwritten or cleared meanwhile is kept for it and takes space: see the statistics.</remarks>
    public DatabaseSnapshot TakeSnapshot() => new(this, Embedded.Engine.TakeSnapshot());

    /// <summary>
    /// Runs a function in a transaction and commits it; runs both again as long as they fail in a way that another
    /// attempt may cure, and the timeout and the retry limit allow.
    /// </summary>
    /// <param name="body">
    /// Reads and writes. It may run several times: what it does beside the transaction must bear that. It neither
    /// commits nor disposes the transaction.
    /// </param>
    /// <param name="cancellationToken">Ends the attempts, between two of them.</param>
    /// <returns>What the function returned in the attempt that was committed.</returns>
    /// <exception cref="FerrisException">
    /// What the last attempt failed with. <see cref="ErrorCode.TransactionTimedOut"/>,
    /// <see cref="ErrorCode.IoError"/>: the outcome is unknown, and it is not tried again; nor is it after
    /// <see cref="ErrorCode.CommitUnknownResult"/> of a server, for which the commit was sent again already.
    /// </exception>
    /// <remarks>
    /// Any other exception that the function throws ends the attempts and comes through, with nothing written.
    /// </remarks>
    public ValueTask<T> RunAsync<T>(
        Func<Transaction, ValueTask<T>> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>
    public ValueTask RunAsync(Func<Transaction, ValueTask> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <summary>
    /// Runs an action that only writes, or reads nothing that it must await, as
    /// <see cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>.
    /// </summary>
    public ValueTask RunAsync(Action<Transaction> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>
    /// <param name="body">Reads and writes; see there.</param>
    /// <param name="durability">What the commit survives, whatever the database's own durability is.</param>
    /// <param name="cancellationToken">Ends the attempts, between two of them.</param>
    public ValueTask<T> RunAsync<T>(
        Func<Transaction, ValueTask<T>> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, Durability, CancellationToken)"/>
    public ValueTask RunAsync(
        Func<Transaction, ValueTask> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, Durability, CancellationToken)"/>
    public ValueTask RunAsync(
        Action<Transaction> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <summary>
    /// As <see cref="RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>, for a function that only
    /// reads, all of it at one version. It waits for nobody, and conflicts with nobody.
    /// </summary>
    public ValueTask<T> ReadAsync<T>(
        Func<IReadTransaction, ValueTask<T>> body, CancellationToken cancellationToken = default) =>
        Loop.ReadAsync(body, cancellationToken);

    /// <summary>Sets an option that takes no value, for all transactions from now on.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidOption"/>, <see cref="ErrorCode.InvalidOptionValue"/>.
    /// </exception>
    public void SetOption(DatabaseOption option) => SetOption(option, []);

    /// <summary>Sets an option that takes a number.</summary>
    /// <inheritdoc cref="SetOption(DatabaseOption)"/>
    public void SetOption(DatabaseOption option, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        SetOption(option, bytes);
    }

    /// <summary>Sets an option that takes bytes.</summary>
    /// <inheritdoc cref="SetOption(DatabaseOption)"/>
    public void SetOption(DatabaseOption option, ReadOnlySpan<byte> value)
    {
        lock (_chance)
        {
            var error = DatabaseDefaults.Set(option, value, ref _defaults, ref _watchesMax);
            if (error is not null)
                throw error;
        }
    }

    /// <summary>Begins to read all rows of a range as they are now, however long that takes. Dispose it.</summary>
    /// <param name="range">The keys. What the database keeps for itself begins at <c>\xff</c>.</param>
    /// <param name="reverse">From the last one to the first.</param>
    /// <param name="keysOnly">Values are not wanted; they come as empty ones.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TimedOut"/>: no server was found.</exception>
    public async ValueTask<RangeReader> OpenRangeAsync(KeyRange range, bool reverse = false, bool keysOnly = false)
    {
        return new RangeReader(Cluster is RemoteCluster remote
            ? await remote.OpenRowsAsync(range, reverse, keysOnly)
            : new EmbeddedRowPages(new RangeCursor(Embedded.Engine, range, reverse, keysOnly)));
    }

    /// <summary>Begins to load rows in ascending order, past the log. Dispose it, committed or not.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ReadOnly"/>. Of a server <see cref="ErrorCode.PermissionDenied"/>: it takes the right to
    /// write. <see cref="ErrorCode.ProcessBehind"/>: others import at the moment. <see cref="ErrorCode.TimedOut"/>.
    /// </exception>
    public async ValueTask<SortedImport> BeginSortedImportAsync() => new(
        Cluster is RemoteCluster remote
            ? await remote.BeginSortedImportAsync()
            : new EmbeddedSortedRows(Embedded.Roles, Options.Limits));

    /// <summary>
    /// Makes a copy that can be opened, while writes go on: see <see cref="StorageEngine.CheckpointAsync"/>.
    /// </summary>
    public ValueTask<long> CheckpointAsync(string targetFolder) => Storage.CheckpointAsync(targetFolder);

    /// <summary>
    /// Makes a backup while transactions go on: see <see cref="StorageEngine.BackupAsync"/>. It can be restored by
    /// version, and by time where versions follow the clock. Restore with <see cref="BackupTarget.RestoreAsync"/>.
    /// A server sends what is new to this process, which stores it: the target and its key are not known there.
    /// </summary>
    /// <inheritdoc cref="StorageEngine.BackupAsync"/>
    public ValueTask<BackupResult> BackupAsync(
        BackupTarget target, BackupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Cluster is RemoteCluster remote
            ? remote.BackupAsync(target, options ?? new BackupOptions(), cancellationToken)
            : Embedded.Roles.BackupAsync(target, options ?? new BackupOptions(), cancellationToken);
    }

    /// <summary>
    /// Makes a backup, and keeps the log in the target from then on, so that every version from the backup on can be
    /// restored, up to the last step before a disaster. Runs until it is cancelled. Goes on with the newest backup that
    /// is there, if the log still reaches back to it.
    /// </summary>
    /// <param name="target">As for <see cref="BackupAsync"/>. It is locked during a step only.</param>
    /// <param name="options">How often, and who is told.</param>
    /// <param name="cancellationToken">Ends it, without an exception; what was stored by then counts.</param>
    /// <remarks>What is not stored yet stays on the database's disk; of a server, while it is connected.</remarks>
    public ValueTask ArchiveAsync(
        BackupTarget target, ArchiveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Cluster is RemoteCluster remote
            ? remote.ArchiveAsync(target, options ?? new ArchiveOptions(), cancellationToken)
            : Embedded.Roles.ArchiveAsync(target, options ?? new ArchiveOptions(), cancellationToken);
    }

    /// <summary>
    /// Sinks everything in the range (null: all) to the bottom level, and drops what nobody can read.
    /// </summary>
    public ValueTask CompactAsync(KeyRange? range = null) => Storage.CompactAsync(range);

    /// <summary>What the engine holds now, and what it has done since it was opened.</summary>
    public StorageStatistics GetStatistics() => Storage.GetStatistics();

    /// <summary>
    /// Lets the database go: the last one that shares it closes it, and makes everything durable. Transactions and
    /// watches of this one that are still open fail, whoever else shares the folder. May be called twice.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        EndWatches();
        await _cluster.DisposeAsync();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A random number from 0 to less than 1.</summary>
    internal double NextChance()
    {
        lock (_chance)
            return _chance.NextDouble();
    }

    /// <summary>A random number from 0 to less than the bound.</summary>
    internal int NextChance(int bound)
    {
        lock (_chance)
            return _chance.Next(bound);
    }

    /// <summary>It was let go: what it had open fails.</summary>
    internal bool IsDisposed => Volatile.Read(ref (_owner ?? this)._isDisposed) != 0;

    internal void BeginWatch(PendingWatch watch)
    {
        if (_owner is not null)
        {
            _owner.BeginWatch(watch);
            return;
        }
        lock (_watches)
        {
            if (IsDisposed)
                throw Closed();
            if (_watches.Count >= _watchesMax)
                throw new FerrisException(
                    ErrorCode.TooManyWatches,
                    $"{_watchesMax} watches are waiting; see DatabaseOptions.WatchesMax. Cancel some that nobody "
                        + "needs.");
            _watches.Add(watch);
        }
        DatabaseTelemetry.AddWatch(1, this);
    }

    internal void EndWatch(PendingWatch watch)
    {
        if (_owner is not null)
        {
            _owner.EndWatch(watch);
            return;
        }
        lock (_watches)
            _watches.Remove(watch);
        DatabaseTelemetry.AddWatch(-1, this);
    }

    private void EndWatches()
    {
        PendingWatch[] waiting;
        lock (_watches)
            waiting = [.. _watches];
        foreach (var watch in waiting)
            watch.Close(Closed());
    }

    private static FerrisException Closed() => new(
        ErrorCode.TransactionCancelled, "The database was closed while the watch was waiting.");

    // On a disk and in memory alike this has completed already.
    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);
}
