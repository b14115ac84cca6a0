using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Puts the log's batches into MemTables again, one after the other as they fill up.</summary>
internal sealed class LogReplay(long capacityBytes, Func<long, MemTable> newMemTable) : IDisposable
{
    private EntryRun? _run;
    private MemTable? _memTable;

    /// <summary>Nothing has been added since the last <see cref="Take"/>.</summary>
    public bool IsEmpty => _memTable is null;

    /// <summary>Takes a batch, or returns false if it does not fit any more: take the MemTable first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryAdd(long version, ReadOnlySpan<byte> payload)
    {
        var needed = MemTable.RoomFor(payload);
        _run ??= new EntryRun();
        if (_memTable is not null && !_memTable.HasRoomFor(needed + _run.ReservedBytes))
            return false;
        _memTable ??= newMemTable(Math.Max(capacityBytes, needed));
        _memTable.Load(version, payload, _run);
        return true;
    }

    /// <summary>The MemTable with everything added, which is the caller's.</summary>
    public MemTable Take()
    {
        var full = _memTable!;
        full.Link(_run!);
        _memTable = null;
        return full;
    }

    /// <summary>Frees what was not taken: the log is damaged, and nothing of it will be shown.</summary>
    public void Dispose()
    {
        _memTable?.Release();
        _run?.Dispose();
    }
}
