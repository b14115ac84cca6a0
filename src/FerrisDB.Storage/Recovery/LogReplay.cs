namespace FerrisDB.Storage;

/// <summary>Puts the log's batches into MemTables again, one after the other as they fill up.</summary>
internal sealed class LogReplay(long capacityBytes, Func<long, MemTable> newMemTable) : IDisposable
{
    private MemTable? _memTable;

    /// <summary>Nothing has been added since the last <see cref="Take"/>.</summary>
    public bool IsEmpty => _memTable is null;

    /// <summary>Takes a batch, or returns false if it does not fit any more: take the MemTable first.</summary>
    public bool TryAdd(long version, ReadOnlySpan<byte> payload)
    {
        var needed = MemTable.RoomFor(payload);
        if (_memTable is not null && !_memTable.HasRoomFor(needed))
            return false;
        _memTable ??= newMemTable(Math.Max(capacityBytes, needed));
        _memTable.Apply(version, payload);
        return true;
    }

    /// <summary>The MemTable with everything added, which is the caller's.</summary>
    public MemTable Take()
    {
        var full = _memTable!;
        _memTable = null;
        return full;
    }

    /// <summary>Frees what was not taken: the log is damaged, and nothing of it will be shown.</summary>
    public void Dispose() => _memTable?.Release();
}
