namespace FerrisDB.Storage;

/// <summary>
/// The tables of one level below L0, which are sorted and disjoint, as one run. A table is opened when reached.
/// </summary>
internal sealed class LevelCursor : ICursor
{
    private TableLevel? _level;
    private TableCache? _tableCache;
    private int _tableIndex;
    private bool _hasBegun; // a seek, in the table that was entered
    private SSTableCursor? _current;
    private bool _isCompaction;

    public bool IsValid => _current is { IsValid: true };

    public ReadOnlySpan<byte> Key => _current!.Key;

    public EntryTag Tag => _current!.Tag;

    public ReadOnlySpan<byte> Value => _current!.Value;

    public SSTableCursor? Table => _current;

    /// <summary>Shows tables that the caller holds for as long as this cursor is in use: sorted, disjoint.</summary>
    /// <param name="level">The tables.</param>
    /// <param name="tableCache">Opens them.</param>
    /// <param name="isCompaction">Leaves the block cache as it is: what is read will not be wanted again.</param>
    public LevelCursor Over(TableLevel level, TableCache tableCache, bool isCompaction = false)
    {
        Invariant.That(_current is null);
        _hasBegun = false;
        _level = level;
        _tableCache = tableCache;
        _isCompaction = isCompaction;
        _tableIndex = -1;
        return this;
    }

    public bool SeekToFirst()
    {
        _hasBegun = false;
        return Enter(0) && _current!.SeekToFirst() || SkipEmptyForward();
    }

    public bool SeekToLast()
    {
        _hasBegun = false;
        return Enter(_level!.Tables.Length - 1) && _current!.SeekToLast() || SkipEmptyBackward();
    }

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag) =>
        EnterTableOf(key, isBefore: false) && _current!.Seek(key, tag) || SkipEmptyForward();

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag) =>
        EnterTableOf(key, isBefore: true) && _current!.SeekBefore(key, tag) || SkipEmptyBackward();

    public void BeginSeek(ReadOnlySpan<byte> key, EntryTag tag, bool isBefore)
    {
        _hasBegun = false;
        if (EnterTableOf(key, isBefore))
            _current!.BeginSeek(key, tag, isBefore);
        _hasBegun = true;
    }

    public void ContinueSeek(ReadOnlySpan<byte> key, EntryTag tag) => _current?.ContinueSeek(key, tag);

    public bool Next() => _current!.Next() || SkipEmptyForward();

    public bool Previous() => _current!.Previous() || SkipEmptyBackward();

    public void Dispose()
    {
        Leave();
        _level = null;
        _tableCache = null;
    }

    // A table may hold range tombstones alone, so several may have to be passed.
    private bool SkipEmptyForward()
    {
        while (_tableIndex + 1 < _level!.Tables.Length)
        {
            if (Enter(_tableIndex + 1) && _current!.SeekToFirst())
                return true;
        }
        Leave();
        _tableIndex = _level.Tables.Length;
        return false;
    }

    private bool SkipEmptyBackward()
    {
        while (_tableIndex > 0)
        {
            if (Enter(_tableIndex - 1) && _current!.SeekToLast())
                return true;
        }
        Leave();
        _tableIndex = -1;
        return false;
    }

    private bool Enter(int index)
    {
        if (index == _tableIndex && _current is not null)
            return true;
        Leave();
        _tableIndex = index;
        var tables = _level!.Tables;
        if ((uint)index >= (uint)tables.Length)
            return false;
        _current = _tableCache!.OpenCursor(tables[index], _isCompaction);
        return true;
    }

    private void Leave()
    {
        _current?.Dispose();
        _current = null;
    }

    private bool EnterTableOf(ReadOnlySpan<byte> key, bool isBefore)
    {
        if (_hasBegun)
        {
            _hasBegun = false;
            return _current is not null;
        }
        var level = _level!;
        var prefix = InternalKey.PrefixOf(key);
        var index = level.IndexAtOrBehind(key, prefix);
        // The last table that begins at or before the key: one that begins at it may hold newer versions of it.
        if (isBefore && (index == level.Tables.Length || !level.BeginsAtOrBefore(index, key, prefix)))
            index--;
        return Enter(index);
    }
}
