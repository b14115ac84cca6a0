namespace FerrisDB;

/// <summary>A watch of a transaction, from the call that made it to the change that it waits for.</summary>
internal sealed class PendingWatch
{
    private readonly Database _database;
    private readonly CancellationTokenRegistration _cancellation;
    private ICluster? _cluster;
    private int _hasEnded;

    public PendingWatch(Database database, byte[] key, byte[]? seen, CancellationToken cancellationToken)
    {
        _database = database;
        Watch = new Watch(key, seen);
        database.BeginWatch(this);
        _ = EndAsync();
        _cancellation = cancellationToken.UnsafeRegister(static state => ((PendingWatch)state!).Cancel(), this);
    }

    public Watch Watch { get; }

    /// <summary>From now on it fires at the first change.</summary>
    public void Arm(ICluster cluster)
    {
        if (Watch.Changed.IsCompleted)
            return;
        Volatile.Write(ref _cluster, cluster);
        cluster.AddWatch(Watch);
        // It may have been cancelled before there was anything to remove.
        if (Watch.Changed.IsCompleted)
            cluster.RemoveWatch(Watch);
    }

    public void Fail(FerrisException error) => Watch.Fail(error);

    /// <summary>The transaction itself has changed the key.</summary>
    public void FireIfDifferent(ReadOnlySpan<byte> key, byte[]? value)
    {
        if (Watch.Key.AsSpan().SequenceEqual(key) && Watch.Differs(value))
            Watch.Fire();
    }

    /// <summary>Nobody serves the watch any more.</summary>
    public void Close(FerrisException error)
    {
        // Before whoever waits for it learns that there is room for another one.
        End();
        if (Watch.Fail(error))
            Volatile.Read(ref _cluster)?.RemoveWatch(Watch);
    }

    private void Cancel() => Close(new FerrisException(ErrorCode.OperationCancelled, "The watch was cancelled."));

    private async Task EndAsync()
    {
        try
        {
            await Watch.Changed;
        }
        catch (FerrisException)
        {
            // Whoever holds the task learns it; here it only counts that the watch has ended.
        }
        End();
        await _cancellation.DisposeAsync();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            _database.EndWatch(this);
    }
}
