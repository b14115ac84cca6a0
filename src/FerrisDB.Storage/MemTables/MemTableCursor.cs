using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

/// <summary>Moves through the entries of a MemTable while others insert; sees what is there when it looks.</summary>
/// <typeparam name="TPosition">A struct, so that its moves are compiled into the cursor's.</typeparam>
/// <remarks>Holds its MemTable. Pooled: a disposed one may be handed out again.</remarks>
internal sealed class MemTableCursor<TPosition> : ICursor
    where TPosition : struct, IMemTablePosition
{
    private const int PooledMax = 16;

    // Each slot is taken and filled by an interlocked exchange.
    private static readonly MemTableCursor<TPosition>?[] Pool = new MemTableCursor<TPosition>?[PooledMax];

    private MemTable? _memTable;
    private TPosition _position;

    private MemTableCursor()
    {
    }

    public bool IsValid { get; private set; }

    public ReadOnlySpan<byte> Key => _position.Entry.Key;

    public EntryTag Tag => _position.Entry.Tag;

    public ReadOnlySpan<byte> Value => _position.Entry.Value;

    /// <summary>Opens a cursor that stands nowhere yet. It takes over one reference to the MemTable.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The pool belongs to the kind of position.")]
    public static MemTableCursor<TPosition> Rent(MemTable memTable, TPosition position)
    {
        MemTableCursor<TPosition>? cursor = null;
        for (var slot = 0; slot < PooledMax && cursor is null; slot++)
        {
            if (Pool[slot] is not null)
                cursor = Interlocked.Exchange(ref Pool[slot], null);
        }
        cursor ??= new MemTableCursor<TPosition>();
        cursor._memTable = memTable;
        cursor._position = position;
        return cursor;
    }

    public bool SeekToFirst()
    {
        ThrowIfDisposed();
        return IsValid = _position.MoveToFirst();
    }

    public bool SeekToLast()
    {
        ThrowIfDisposed();
        return IsValid = _position.MoveToLast();
    }

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag)
    {
        ThrowIfDisposed();
        return IsValid = _position.MoveTo(new SearchKey(key, tag));
    }

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag)
    {
        ThrowIfDisposed();
        return IsValid = _position.MoveBefore(new SearchKey(key, tag));
    }

    public bool Next()
    {
        Invariant.That(IsValid);
        return IsValid = _position.MoveNext();
    }

    public bool Previous()
    {
        Invariant.That(IsValid);
        return IsValid = _position.MovePrevious();
    }

    public bool NextKey()
    {
        Invariant.That(IsValid);
        return IsValid = _position.MoveToNextKey();
    }

    public bool TryMoveToNewer(long version)
    {
        Invariant.That(IsValid);
        return _position.TryMoveToNewer(version);
    }

    public void Dispose()
    {
        var memTable = _memTable;
        if (memTable is null)
            return;
        _memTable = null;
        _position = default;
        IsValid = false;
        memTable.Release();
        for (var slot = 0; slot < PooledMax; slot++)
        {
            if (Pool[slot] is null && Interlocked.CompareExchange(ref Pool[slot], this, null) is null)
                return;
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_memTable is null, this);
}
