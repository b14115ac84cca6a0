namespace FerrisDB.Cli;

/// <summary>
/// An open database with what a user of the command has going on it: the transaction that is open, the options of all
/// transactions, the keys that are watched.
/// </summary>
/// <remarks>For one thread.</remarks>
internal sealed class DatabaseSession : IDisposable
{
    private readonly StorageEngine? _engine;
    private readonly Database? _database;
    private Tenant? _tenant;
    private readonly List<OptionSetting> _options = [];
    private readonly List<OptionSetting> _ownOptions = [];
    private readonly List<(byte[] Key, Task Changed)> _watches = [];

    private DatabaseSession(string name, StorageEngine? engine, Database? database)
    {
        Name = name;
        _engine = engine;
        _database = database;
    }

    /// <summary>The folder, or where the cluster is.</summary>
    public string Name { get; }

    /// <summary>The storage engine, which shows what is committed; not of a cluster.</summary>
    public StorageEngine Engine => _engine
        ?? throw new UsageException("This is about the folder of a database: it cannot be asked of a server.");

    /// <summary>The database is on a server.</summary>
    public bool IsRemote => _engine is null;

    /// <summary>
    /// What is committed is read from the engine: there is one, no transaction is open, and no tenant is used.
    /// </summary>
    public bool ReadsEngine => _engine is not null && Transaction is null && _tenant is null;

    /// <summary>Where transactions begin; null is the database itself.</summary>
    public Tenant? Tenant
    {
        get => _tenant;
        set => _tenant = Transaction is null
            ? value
            : throw new UsageException("A transaction is open: commit it, or roll it back, then use another tenant.");
    }

    /// <summary>The database; not there if the engine was opened alone.</summary>
    public Database Database =>
        _database ?? throw new InvalidOperationException("The storage engine was opened alone.");

    /// <summary>Bytes of a key at most.</summary>
    public int KeySizeLimitBytes => _database?.Options.KeySizeLimitBytes ?? Engine.Options.KeySizeLimitBytes;

    /// <summary>Bytes of a value at most.</summary>
    public int ValueSizeLimitBytes =>
        _engine?.Options.ValueSizeLimitBytes ?? Database.Options.ValueSizeLimitBytes;

    /// <summary>The version of the last commit.</summary>
    public long LastVersion =>
        _engine?.LastVersion ?? Read(static transaction => transaction.GetReadVersionAsync());

    /// <summary>The transaction in which the verbs work, from begin to commit.</summary>
    public Transaction? Transaction { get; private set; }

    /// <summary>False refuses every write: see <see cref="WriteModeCommand"/>.</summary>
    public bool MayWrite { get; set; } = true;

    /// <summary>Options of every transaction.</summary>
    public IReadOnlyList<OptionSetting> TransactionOptions => _options;

    /// <summary>Options of the open transaction alone.</summary>
    public IReadOnlyList<OptionSetting> OwnOptions => _ownOptions;

    /// <summary>
    /// Opens a folder, or connects to a cluster. No transaction times out: a person takes the time that a person takes.
    /// </summary>
    public static DatabaseSession Open(
        string folder, DatabaseAccess access, CliConsole console, Durability durability = Durability.Sync)
    {
        var options = new DatabaseOptions
        {
            TransactionTimeout = TimeSpan.Zero,
            // A seed of its own choice would load all of cryptography, some milliseconds of a `ferrisdb set`.
            Seed = console.Seed,
            Storage = StorageOptionsFor(access, console) with { Durability = durability },
        };
        if (DatabaseName.ClusterOf(folder) is { } cluster)
            return new DatabaseSession(cluster, null, Database.Connect(cluster, options));
        var database = OpenFolder(() => Database.Open(folder, options), folder);
        return new DatabaseSession(folder, database.Storage, database);
    }

    /// <summary>Opens the storage engine of a folder alone, which takes less time.</summary>
    public static DatabaseSession OpenEngine(string folder, DatabaseAccess access, CliConsole console) =>
        new(folder, OpenFolder(() => StorageEngine.Open(folder, StorageOptionsFor(access, console)), folder), null);

    /// <summary>Makes a backup; one that knows the times of versions if the whole database is open.</summary>
    public ValueTask<BackupResult> BackupAsync(
        BackupTarget target, BackupOptions options, CancellationToken cancellationToken) =>
        _database is null
            ? Engine.BackupAsync(target, options, cancellationToken)
            : _database.BackupAsync(target, options, cancellationToken);

    public void Begin()
    {
        if (Transaction is not null)
            throw new UsageException("A transaction is open already: commit it, or roll it back.");
        Transaction = Create();
    }

    /// <summary>The transaction that is open.</summary>
    public Transaction RequireTransaction() =>
        Transaction ?? throw new UsageException("No transaction is open: begin opens one.");

    /// <summary>Starts the open transaction anew.</summary>
    public void Reset()
    {
        RequireTransaction().Reset();
        _ownOptions.Clear();
        Prepare(Transaction!);
    }

    /// <summary>Lets the open transaction go; what it has not committed is gone. False if there was none.</summary>
    public bool End()
    {
        if (Transaction is null)
            return false;
        Transaction.Dispose();
        Transaction = null;
        _ownOptions.Clear();
        return true;
    }

    /// <summary>Sets an option of the open transaction; without one, of every transaction from now on.</summary>
    public void Set(OptionSetting setting)
    {
        Try(setting.ApplyTo);
        if (Transaction is null)
        {
            _options.RemoveAll(each => each.Option == setting.Option);
            _options.Add(setting);
            return;
        }
        setting.ApplyTo(Transaction);
        _ownOptions.Add(setting);
    }

    /// <summary>Does not set an option in transactions any more. False if it was not set.</summary>
    public bool Unset(TransactionOption option) => _options.RemoveAll(each => each.Option == option) > 0;

    /// <summary>Refuses if writes are not allowed.</summary>
    public void CheckMayWrite()
    {
        if (!MayWrite)
            throw new UsageException("Writes are switched off: writemode on allows them again.");
    }

    /// <summary>Refuses what would go on trying, perhaps for days, until a locked database is unlocked.</summary>
    public void CheckIsUnlocked()
    {
        using var transaction = Database.CreateTransaction();
        Blocking.Wait(transaction.GetReadVersionAsync());
    }

    /// <summary>Writes in the open transaction, which goes on as it was if the write is wrong.</summary>
    public void Write(Action<Transaction> write)
    {
        Try(write);
        write(RequireTransaction());
    }

    /// <summary>
    /// Runs a transaction of its own. Returns the version of the commit, or -1 if nothing was written.
    /// </summary>
    public long Run(Func<Transaction, ValueTask> body, Durability? durability = null) =>
        Blocking.Wait(RunAsync(body, durability));

    /// <summary>Reads in the open transaction, or in one of its own.</summary>
    public T Read<T>(Func<IReadTransaction, ValueTask<T>> body)
    {
        if (Transaction is not null)
            return Blocking.Wait(body(Transaction));
        using var transaction = Create();
        return Blocking.Wait(body(transaction));
    }

    /// <summary>About how many bytes a range takes.</summary>
    public long EstimateSizeBytes(KeyRange range)
    {
        if (_engine is not null && _tenant is null)
            return _engine.EstimateSizeBytes(range);
        using var transaction = Create();
        return Blocking.Wait(transaction.GetEstimatedRangeSizeBytesAsync(
            new KeyRange(range.Begin, range.End is [0xFF, ..] ? [0xFF] : range.End)));
    }

    /// <summary>Tells of a change of the key when the next command has ended.</summary>
    public void AddWatch(byte[] key, Task changed) => _watches.Add((key, changed));

    /// <summary>The keys that have changed since the last call.</summary>
    public List<byte[]> TakeChanges()
    {
        var changed = _watches.FindAll(watch => watch.Changed.IsCompletedSuccessfully).ConvertAll(watch => watch.Key);
        // What failed was a watch of a transaction that is not committed: nobody expects anything of it.
        _watches.RemoveAll(watch => watch.Changed.IsCompleted);
        return changed;
    }

    public void Dispose()
    {
        End();
        if (_database is not null)
            _database.Dispose();
        else
            _engine?.Dispose();
    }

    private static T OpenFolder<T>(Func<T> open, string folder)
    {
        try
        {
            return open();
        }
        catch (FerrisException locked) when (locked.Code == ErrorCode.FolderLocked)
        {
            if (DatabaseName.ClusterIn(folder) is not { } cluster)
                throw;
            throw new FerrisException(
                locked.Code, $"{locked.Message} If that is `ferrisdb serve`, say {cluster} instead of the folder.",
                locked);
        }
    }

    private static StorageOptions StorageOptionsFor(DatabaseAccess access, CliConsole console) => new()
    {
        ReadOnly = access == DatabaseAccess.Read,
        CreateIfMissing = access == DatabaseAccess.Create,
        TimeProvider = console.Time,
    };

    private async ValueTask<long> RunAsync(Func<Transaction, ValueTask> body, Durability? durability)
    {
        using var transaction = Create();
        while (true)
        {
            try
            {
                await body(transaction);
                await transaction.CommitAsync(durability);
                return transaction.CommittedVersion;
            }
            catch (FerrisException error)
            {
                // It was asked for again and again already, and running it again might do it twice.
                if (error.Code == ErrorCode.CommitUnknownResult && IsRemote)
                    throw new FerrisException(error.Code, error.Message, error);
                // It may be locked for days: somebody who types wants to know.
                if (error.Code == ErrorCode.DatabaseLocked)
                    throw new FerrisException(error.Code, error.Message, error);
                await transaction.OnErrorAsync(error);
                Prepare(transaction);
            }
        }
    }

    // A transaction keeps the first error of a write for its commit. So a write is tried on another one first, and a
    // slip of the pen costs nobody the transaction.
    private void Try(Action<Transaction> write)
    {
        using var trial = Create();
        foreach (var setting in _ownOptions)
            setting.ApplyTo(trial);
        write(trial);
        Blocking.Wait(trial.GetReadVersionAsync());
    }

    private Transaction Create()
    {
        var transaction = _tenant?.CreateTransaction() ?? Database.CreateTransaction();
        Prepare(transaction);
        return transaction;
    }

    private void Prepare(Transaction transaction)
    {
        transaction.SetOption(TransactionOption.ReportConflictingKeys);
        foreach (var setting in _options)
            setting.ApplyTo(transaction);
    }
}
