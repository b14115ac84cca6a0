namespace FerrisDB.Storage;

/// <summary>
/// Keeps closed cursors for the next that is opened; the last holder to leave frees the caches. Thread-safe.
/// </summary>
internal sealed class OpenCursorPool(TableCache tableCache, Action lastHolderLeft)
{
    private const int KeptMax = 64;

    private readonly Lock _lock = new();

    // Guarded by the lock.
    private readonly Stack<OpenCursor> _free = [];
    private readonly Stack<LevelCursor> _freeLevels = [];

    // The engine holds one, each open cursor another: the caches outlive the engine until the last is gone.
    // Interlocked.
    private int _holders = 1;

    public TableCache TableCache { get; } = tableCache;

    /// <summary>Cursors that are open now.</summary>
    public int OpenCount => Volatile.Read(ref _holders) - 1;

    public OpenCursor Rent()
    {
        Interlocked.Increment(ref _holders);
        lock (_lock)
            return _free.TryPop(out var cursor) ? cursor : new OpenCursor(this);
    }

    public LevelCursor RentLevel()
    {
        lock (_lock)
            return _freeLevels.TryPop(out var level) ? level : new LevelCursor(this);
    }

    public void Return(OpenCursor cursor)
    {
        lock (_lock)
        {
            if (_free.Count < KeptMax)
                _free.Push(cursor);
        }
        Release();
    }

    public void Return(LevelCursor level)
    {
        lock (_lock)
        {
            if (_freeLevels.Count < KeptMax)
                _freeLevels.Push(level);
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            lastHolderLeft();
    }
}
