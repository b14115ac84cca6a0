namespace FerrisDB.Storage;

/// <summary>Moves through the entries of a MemTable while others insert; sees what is there when it looks.</summary>
/// <remarks>Holds its MemTable. Pooled: a disposed one may be handed out again.</remarks>
internal sealed class MemTableCursor : ICursor
{
    private const int PooledMax = 16;

    // Each slot is taken and filled by an interlocked exchange.
    private static readonly MemTableCursor?[] Pool = new MemTableCursor?[PooledMax];

    private MemTable? _memTable;
    private SkipList? _entries;
    private uint _offset; // of the node it stands on, or 0
    private SkipListNode _node;

    private MemTableCursor()
    {
    }

    public bool IsValid => _offset != 0;

    public ReadOnlySpan<byte> Key => _node.Key;

    public EntryTag Tag => _node.Tag;

    public ReadOnlySpan<byte> Value => _node.Value;

    /// <summary>Opens a cursor that stands nowhere yet. It takes over one reference to the MemTable.</summary>
    public static MemTableCursor Rent(MemTable memTable, SkipList entries)
    {
        MemTableCursor? cursor = null;
        for (var slot = 0; slot < PooledMax && cursor is null; slot++)
        {
            if (Pool[slot] is not null)
                cursor = Interlocked.Exchange(ref Pool[slot], null);
        }
        cursor ??= new MemTableCursor();
        cursor._memTable = memTable;
        cursor._entries = entries;
        return cursor;
    }

    public bool SeekToFirst() => MoveTo(Entries.Next(Entries.Head));

    public bool SeekToLast() => MoveTo(Entries.FindLast());

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag) => MoveTo(Entries.FindAtOrBehind(new SearchKey(key, tag)));

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag) => MoveTo(Entries.FindBefore(new SearchKey(key, tag)));

    public bool Next()
    {
        Invariant.That(_offset != 0);
        if (!MoveTo(Entries.Next(_offset)))
            return false;
        // While the caller works on this entry, the next one is on its way.
        Entries.Prefetch(Entries.Next(_offset));
        return true;
    }

    public bool Previous()
    {
        Invariant.That(_offset != 0);
        return MoveTo(Entries.FindBefore(new SearchKey(_node.Key, _node.Tag)));
    }

    public void Dispose()
    {
        var memTable = _memTable;
        if (memTable is null)
            return;
        _memTable = null;
        _entries = null;
        _offset = 0;
        _node = default;
        memTable.Release();
        for (var slot = 0; slot < PooledMax; slot++)
        {
            if (Pool[slot] is null && Interlocked.CompareExchange(ref Pool[slot], this, null) is null)
                return;
        }
    }

    private SkipList Entries
    {
        get
        {
            ObjectDisposedException.ThrowIf(_entries is null, this);
            return _entries;
        }
    }

    private bool MoveTo(uint offset)
    {
        _offset = offset;
        _node = offset != 0 ? Entries.At(offset) : default;
        return offset != 0;
    }
}
