namespace FerrisDB.Storage;

/// <summary>A cursor over the entries of one table. It pins the block that it stands in.</summary>
internal sealed unsafe class SSTableCursor : ICursor
{
    private SSTableReader? _table; // null while in the pool
    private BlockCursor _place;
    private int _block = -1; // the number of the block that is pinned
    private int _begunBlock; // in which a seek has begun
    private int _begunInterval = -1; // of the block, if a seek has begun that looks there; -1: none has
    private long _globalVersion;
    private bool _isCompaction;

    public bool IsValid => _place.IsValid;

    public ReadOnlySpan<byte> Key => _place.Key;

    public EntryTag Tag => _globalVersion == 0 ? _place.Tag : new EntryTag(_globalVersion, _place.Tag.Kind);

    public ReadOnlySpan<byte> Value => _place.Value;

    public SSTableCursor Table => this;

    /// <summary>
    /// Where the cursor stands. A caller may move it within its block, as long as it stands on an entry.
    /// </summary>
    public ref BlockCursor Place => ref _place;

    /// <summary>Leading bytes that all keys of the block have in common.</summary>
    public int CommonSize => _place.Block->CommonSize;

    /// <summary>True if a reader at a version sees every entry of the block that the cursor stands in.</summary>
    public bool IsAllVisible(long version)
    {
        var block = _place.Block;
        return block->IsPlain && version >= (_globalVersion == 0 ? block->NewestVersion : _globalVersion);
    }

    /// <summary>Takes it out of the pool, for a table on which a reference is passed over.</summary>
    public SSTableCursor Over(SSTableReader table, bool isCompaction)
    {
        Invariant.That(_table is null);
        _begunInterval = -1;
        _table = table;
        _globalVersion = table.GlobalVersion;
        _isCompaction = isCompaction;
        return this;
    }

    public bool SeekToFirst()
    {
        _begunInterval = -1;
        return Enter(0, BlockUse.Chosen) && _place.MoveTo(0);
    }

    public bool SeekToLast()
    {
        _begunInterval = -1;
        return EnterLastEntryOf(_table!.BlockCount - 1, BlockUse.Chosen);
    }

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (_globalVersion == 0)
            return SeekStored(key, tag);
        return SeekStored(key, StoredTag(tag)) && (!IsBefore(key, tag) || Next());
    }

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (_table!.BlockCount == 0)
            return false;
        if (_globalVersion != 0)
            return Seek(key, tag) ? Previous() : SeekToLast();
        return _place.MoveTo(EnterAtLowerBound(key, tag) - 1) || EnterBlockBefore();
    }

    public void BeginSeek(ReadOnlySpan<byte> key, EntryTag tag, bool isBefore)
    {
        _begunInterval = -1;
        if (_table!.BlockCount == 0)
            return;
        _begunBlock = _table.FindBlock(key, StoredTag(tag));
        _table.Prefetch(_begunBlock);
    }

    public void ContinueSeek(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (_table!.BlockCount == 0)
            return;
        Enter(_begunBlock, BlockUse.Chosen);
        _begunInterval = BlockSearch.FindInterval(_place.Block, key, StoredTag(tag));
        BlockSearch.Prefetch(_place.Block, _begunInterval);
    }

    public bool Next() => _place.Next() || EnterNextBlock();

    public bool Previous() => _place.Previous() || EnterBlockBefore();

    public void Dispose()
    {
        var table = _table;
        if (table is null)
            return;
        Leave();
        _table = null;
        table.Cache.Cursors.Return(this);
        table.Release();
    }

    /// <summary>Frees the key's buffer: the pool is full or closed.</summary>
    internal void Free()
    {
        Invariant.That(_table is null);
        _place.Free();
    }

    private bool SeekStored(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (_table!.BlockCount == 0)
            return false;
        return _place.MoveTo(EnterAtLowerBound(key, tag)) || EnterNextBlock();
    }

    // Enters the block in which the first entry at or behind the target must be, and returns the index that it has.
    private int EnterAtLowerBound(ReadOnlySpan<byte> key, EntryTag tag)
    {
        var interval = _begunInterval;
        _begunInterval = -1;
        if (interval < 0)
        {
            Enter(_table!.FindBlock(key, tag), BlockUse.Chosen);
            interval = BlockSearch.FindInterval(_place.Block, key, tag);
            BlockSearch.Prefetch(_place.Block, interval);
        }
        return BlockSearch.LowerBound(_place.Block, interval, key, tag);
    }

    // If all entries have one version, whatever is stored, the first one of a key is its only one.
    private EntryTag StoredTag(EntryTag tag) => _globalVersion == 0 ? tag : EntryTag.First;

    private bool IsBefore(ReadOnlySpan<byte> key, EntryTag tag) => InternalKey.Compare(Key, Tag, key, tag) < 0;

    private bool EnterNextBlock()
    {
        if (!Enter(_block + 1, BlockUse.Passed))
            return false;
        _table!.PrefetchFrom(_block, step: 1);
        return _place.MoveTo(0);
    }

    private bool EnterBlockBefore()
    {
        if (!EnterLastEntryOf(_block - 1, BlockUse.Passed))
            return false;
        _table!.PrefetchFrom(_block, step: -1);
        return true;
    }

    private bool EnterLastEntryOf(int block, BlockUse use) =>
        Enter(block, use) && _place.MoveTo(_place.Block->EntryCount - 1);

    // Beyond either end the cursor keeps its block but stands on no entry of it.
    private bool Enter(int block, BlockUse use)
    {
        if ((uint)block >= (uint)_table!.BlockCount)
            return false;
        if (block == _block)
            return true;
        Leave();
        _place.Enter(_table.Pin(block, _isCompaction ? BlockUse.Once : use));
        _block = block;
        return true;
    }

    private void Leave()
    {
        if (_block < 0)
            return;
        var block = _place.Block;
        _place.Enter(null);
        _block = -1;
        _table!.Cache.Unpin(block);
    }
}
