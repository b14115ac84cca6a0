namespace FerrisDB.Native;

/// <summary>What an <c>FDBDatabase*</c> stands for: a database, or why there is none.</summary>
/// <remarks>
/// To create one never fails, as in FoundationDB: the error is that of everything that is asked of it. A database is
/// closed with the last of its handle, its transactions and its commits. Thread-safe.
/// </remarks>
internal sealed class DatabaseHandle
{
    // Before this version snapshot reads did not see what the transaction itself had written.
    private const int RuntimeWithOwnSnapshots = 300;

    // Before this version ports were left out of addresses, unless an option asked for them.
    private const int RuntimeWithPorts = 630;

    private readonly DatabasePlace? _place;
    private readonly Database? _database;
    private int _holders = 1;
    private volatile int _error;

    private DatabaseHandle(DatabasePlace place, string clusterFile)
    {
        _place = place;
        _database = OpenPlaces.Open(place, clusterFile);
        _database.ClusterFile = clusterFile;
        if (ApiVersion.Runtime < RuntimeWithOwnSnapshots)
            _database.SetOption(DatabaseOption.SnapshotReadYourWritesDisable, []);
    }

    private DatabaseHandle(int error) => _error = error;

    /// <summary>Why nothing can be asked of it, or 0: it was not found, or an option of it had a wrong value.</summary>
    public int Error => _error;

    /// <summary>Transactions tell addresses of servers with their ports, unless they say something else.</summary>
    public bool NamesPorts { get; private set; } = ApiVersion.Runtime >= RuntimeWithPorts;

    /// <summary>It is on a server.</summary>
    public bool IsRemote => _place is { Kind: PlaceKind.Servers };

    /// <summary>Servers, by their addresses; of a database in this process nothing.</summary>
    public IReadOnlyList<string> Servers => _database?.Servers ?? [];

    /// <summary>Opens the database of a cluster file.</summary>
    /// <param name="path">The file; null or empty to look for it.</param>
    public static DatabaseHandle OpenFile(string? path)
    {
        try
        {
            var place = ClusterFile.Read(path, out var found);
            return new DatabaseHandle(place, found);
        }
        catch (Exception failure)
        {
            return new DatabaseHandle(NativeErrors.CodeOf(failure));
        }
    }

    /// <summary>Opens the database of a connection string.</summary>
    public static DatabaseHandle OpenConnection(string connection)
    {
        try
        {
            return new DatabaseHandle(DatabasePlace.Parse(connection.Trim(), Environment.CurrentDirectory), "");
        }
        catch (Exception failure)
        {
            return new DatabaseHandle(NativeErrors.CodeOf(failure));
        }
    }

    /// <summary>A database that answers everything with an error.</summary>
    public static DatabaseHandle Nowhere(int error) => new(error);

    /// <summary>Has the server of an address started again. False if there is none.</summary>
    public ValueTask<bool> RebootAsync(string address) =>
        _database?.RebootAsync(address) ?? ValueTask.FromResult(false);

    /// <summary>Begins a transaction, which holds the database.</summary>
    public TransactionHandle CreateTransaction()
    {
        Hold();
        return new TransactionHandle(this, _database?.CreateTransaction());
    }

    /// <summary>Opens a tenant, which holds the database.</summary>
    public TenantHandle OpenTenant(ReadOnlySpan<byte> name)
    {
        Hold();
        return new TenantHandle(this, _database?.OpenTenant(name));
    }

    /// <summary>Sets an option. The error, if there is no such one; a wrong value is kept for later.</summary>
    public int SetOption(int option, ReadOnlySpan<byte> value)
    {
        if (!Enum.IsDefined((DatabaseOption)option))
            return (int)ErrorCode.InvalidOption;
        if ((DatabaseOption)option == DatabaseOption.TransactionIncludePortInAddress)
            NamesPorts = true;
        try
        {
            _database?.SetOption((DatabaseOption)option, value);
        }
        catch (FerrisException wrong)
        {
            _error = (int)wrong.Code;
        }
        return 0;
    }

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && _database is not null)
            OpenPlaces.Close(_place!, _database);
    }
}
