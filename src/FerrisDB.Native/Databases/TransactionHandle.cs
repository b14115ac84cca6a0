namespace FerrisDB.Native;

/// <summary>What an <c>FDBTransaction*</c> stands for.</summary>
/// <param name="database">Its database, which it holds.</param>
/// <param name="transaction">The transaction; null if the database could not be opened.</param>
internal sealed class TransactionHandle(DatabaseHandle database, Transaction? transaction)
{
    private readonly Lock _gate = new();
    private Task _versionstamps = Task.CompletedTask;
    private long _reads;

    public Transaction? Transaction => transaction;

    public DatabaseHandle Database => database;

    /// <summary>Addresses of servers are told with their ports.</summary>
    public bool NamesPorts { get; set; } = database.NamesPorts;

    /// <summary>Reads so far: what it costs is not told more exactly.</summary>
    public long Reads => _reads;

    /// <summary>Counts a read. Of two at the same moment one may not be counted.</summary>
    public void CountRead() => _reads++;

    /// <summary>A future of the versionstamp of the commit.</summary>
    public nint AddVersionstamp()
    {
        var handle = FutureHandles.From(
            transaction!.GetVersionstampAsync(), static stamp => FutureResult.OfKey(stamp), out var ready);
        lock (_gate)
            _versionstamps = _versionstamps.IsCompleted ? ready : Task.WhenAll(_versionstamps, ready);
        return handle;
    }

    /// <summary>
    /// Commits. Who is told that it succeeded finds the versionstamp that it has asked for ready.
    /// </summary>
    public ValueTask<FerrisException?> TryCommitAsync()
    {
        Task versionstamps;
        lock (_gate)
            versionstamps = _versionstamps;
        var commit = transaction!.TryCommitAsync();
        return versionstamps.IsCompleted ? commit : AfterVersionstampsAsync(commit, versionstamps);
    }

    private static async ValueTask<FerrisException?> AfterVersionstampsAsync(
        ValueTask<FerrisException?> commit, Task versionstamps)
    {
        var error = await commit;
        if (error is null)
            await versionstamps;
        return error;
    }

    /// <summary>Starts anew.</summary>
    public void Reset()
    {
        NamesPorts = database.NamesPorts;
        transaction?.Reset();
    }

    /// <summary>Lets it go; a commit that is under way goes on, and holds the database.</summary>
    public void Destroy()
    {
        transaction?.Dispose();
        database.Release();
    }
}
