namespace FerrisDB.Storage;

/// <summary>Keeps a few table cursors, with their key buffers, for the next who needs one.</summary>
/// <remarks>Thread-safe, without a lock: a place is emptied and filled by exchange.</remarks>
internal sealed class CursorPool : IDisposable
{
    private const int CountMax = 64;

    private readonly SSTableCursor?[] _cursors = new SSTableCursor?[CountMax];
    private volatile bool _isDisposed;

    public SSTableCursor Rent()
    {
        for (var index = 0; index < _cursors.Length; index++)
        {
            if (_cursors[index] is not null && Interlocked.Exchange(ref _cursors[index], null) is { } cursor)
                return cursor;
        }
        return new SSTableCursor();
    }

    public void Return(SSTableCursor cursor)
    {
        for (var index = 0; index < _cursors.Length && !_isDisposed; index++)
        {
            if (_cursors[index] is null && Interlocked.CompareExchange(ref _cursors[index], cursor, null) is null)
                return;
        }
        cursor.Free();
    }

    public void Dispose()
    {
        _isDisposed = true;
        for (var index = 0; index < _cursors.Length; index++)
            Interlocked.Exchange(ref _cursors[index], null)?.Free();
    }
}
