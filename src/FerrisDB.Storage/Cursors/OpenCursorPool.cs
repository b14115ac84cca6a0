namespace FerrisDB.Storage;

/// <summary>
/// Keeps closed cursors for the next that is opened; the last holder to leave frees the caches. Thread-safe.
/// </summary>
internal sealed class OpenCursorPool(TableCache tableCache, Action lastHolderLeft)
{
    private const int KeptMax = 64;

    private readonly Lock _lock = new();

    private readonly Stack<OpenCursor> _free = []; // guarded by the lock

    // The one that was closed last, so that a program with one cursor at a time needs no lock. Interlocked.
    private OpenCursor? _last;

    // The engine holds one, each open cursor another: the caches outlive the engine until the last is gone.
    // Interlocked.
    private int _holders = 1;

    public TableCache TableCache { get; } = tableCache;

    /// <summary>Cursors that are open now.</summary>
    public int OpenCount => Volatile.Read(ref _holders) - 1;

    public OpenCursor Rent()
    {
        Interlocked.Increment(ref _holders);
        if (_last is not null && Interlocked.Exchange(ref _last, null) is { } last)
            return last;
        lock (_lock)
            return _free.TryPop(out var cursor) ? cursor : new OpenCursor(this);
    }

    public void Return(OpenCursor cursor)
    {
        if (_last is not null || Interlocked.CompareExchange(ref _last, cursor, null) is not null)
            Keep(cursor);
        Release();
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            lastHolderLeft();
    }

    private void Keep(OpenCursor cursor)
    {
        lock (_lock)
        {
            if (_free.Count < KeptMax)
                _free.Push(cursor);
        }
    }
}
