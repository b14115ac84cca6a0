namespace FerrisDB.Storage;

/// <summary>A version that stays readable, however long, until this is disposed.</summary>
/// <remarks>
/// Costs the disk space of what is overwritten or deleted meanwhile, and nothing else. Thread-safe. One that is
/// forgotten is let go by the garbage collector, later.
/// </remarks>
public sealed class Snapshot : IDisposable
{
    private readonly SnapshotList _list;
    private int _isDisposed;

    internal Snapshot(SnapshotList list, long version)
    {
        _list = list;
        Version = version;
    }

    /// <summary>Lets the version go if nobody did.</summary>
    ~Snapshot() => Dispose();

    /// <summary>What was committed at or below this version is what reads of the snapshot see.</summary>
    public long Version { get; }

    internal bool BelongsTo(SnapshotList list) => ReferenceEquals(_list, list);

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Lets the version go. Cursors that were opened on it stay valid.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _list.Remove(Version);
        GC.SuppressFinalize(this);
    }
}
