namespace FerrisDB.Native;

/// <summary>What an <c>FDBDatabase*</c> stands for: a database, or why there is none.</summary>
/// <remarks>
/// To create one never fails, as in FoundationDB: the error is that of everything that is asked of it. A database is
/// closed with the last of its handle, its transactions and its commits. Thread-safe.
/// </remarks>
internal sealed class DatabaseHandle
{
    private readonly DatabasePlace? _place;
    private readonly Database? _database;
    private int _holders = 1;
    private volatile int _error;

    private DatabaseHandle(DatabasePlace place, string clusterFile)
    {
        _place = place;
        ClusterFilePath = clusterFile;
        _database = OpenPlaces.Open(place);
    }

    private DatabaseHandle(int error, string clusterFile)
    {
        _error = error;
        ClusterFilePath = clusterFile;
    }

    /// <summary>The cluster file; empty if there was none.</summary>
    public string ClusterFilePath { get; }

    /// <summary>Why nothing can be asked of it, or 0: it was not found, or an option of it had a wrong value.</summary>
    public int Error => _error;

    /// <summary>Opens the database of a cluster file.</summary>
    /// <param name="path">The file; null or empty to look for it.</param>
    public static DatabaseHandle OpenFile(string? path)
    {
        var clusterFile = "";
        try
        {
            return new DatabaseHandle(ClusterFile.Read(path, out clusterFile), clusterFile);
        }
        catch (Exception failure)
        {
            return new DatabaseHandle(CodeOf(failure), clusterFile);
        }
    }

    /// <summary>Opens the database of a connection string.</summary>
    public static DatabaseHandle OpenConnection(string connection)
    {
        try
        {
            var place = DatabasePlace.TryParse(connection.Trim(), Environment.CurrentDirectory)
                ?? throw new PlaceException(NativeErrors.ConnectionStringInvalid);
            return new DatabaseHandle(place, "");
        }
        catch (Exception failure)
        {
            return new DatabaseHandle(CodeOf(failure), "");
        }
    }

    /// <summary>A database that answers everything with an error.</summary>
    public static DatabaseHandle Nowhere(int error) => new(error, "");

    /// <summary>Begins a transaction, which holds the database.</summary>
    public TransactionHandle CreateTransaction()
    {
        Hold();
        return new TransactionHandle(this, _database?.CreateTransaction());
    }

    /// <summary>Sets an option. The error, if there is no such one; a wrong value is kept for later.</summary>
    public int SetOption(int option, ReadOnlySpan<byte> value)
    {
        if (!Enum.IsDefined((DatabaseOption)option))
            return (int)ErrorCode.InvalidOption;
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

    private static int CodeOf(Exception failure) =>
        failure is PlaceException place ? place.Error : NativeErrors.CodeOf(failure);
}
