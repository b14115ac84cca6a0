namespace FerrisDB.Native;

/// <summary>What an <c>FDBTransaction*</c> stands for.</summary>
/// <param name="database">Its database, which it holds.</param>
/// <param name="transaction">The transaction; null if the database could not be opened.</param>
internal sealed class TransactionHandle(DatabaseHandle database, Transaction? transaction)
{
    private long _reads;

    public Transaction? Transaction => transaction;

    public DatabaseHandle Database => database;

    /// <summary>Reads so far: what it costs is not told more exactly.</summary>
    public long Reads => Volatile.Read(ref _reads);

    public void CountRead() => Interlocked.Increment(ref _reads);

    /// <summary>Lets it go; a commit that is under way goes on, and holds the database.</summary>
    public void Destroy()
    {
        transaction?.Dispose();
        database.Release();
    }
}
