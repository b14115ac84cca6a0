namespace FerrisDB.Storage;

/// <summary>What the tree has done since it was opened. Cheap to count, and read by anybody at any time.</summary>
/// <remarks>
/// Writes are counted by the one thread that applies batches, background work once for each table that it finishes. A
/// reader may see a count that is one batch old.
/// </remarks>
internal sealed class StorageCounters
{
    private readonly Lock _lock = new();

    // By level; guarded by the lock.
    private readonly long[] _bytesIn = new long[TableSet.LevelCount];
    private readonly long[] _bytesOut = new long[TableSet.LevelCount];

    // Written under the tree's apply lock, read by all.
    private long _writtenBytes;
    private long _writtenEntries;

    // Guarded by the lock.
    private Work _flushes;
    private Work _compactions;
    private long _movedBlobBytes;

    /// <summary>Bytes of the batches that were applied, as encoded for the log.</summary>
    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    /// <summary>Entries of the batches that were applied.</summary>
    public long WrittenEntries => Volatile.Read(ref _writtenEntries);

    public Work Flushes
    {
        get
        {
            lock (_lock)
                return _flushes;
        }
    }

    public Work Compactions
    {
        get
        {
            lock (_lock)
                return _compactions;
        }
    }

    /// <summary>Bytes that compactions have moved from one blob to another.</summary>
    public long MovedBlobBytes => Interlocked.Read(ref _movedBlobBytes);

    /// <summary>Called by one thread at a time.</summary>
    public void CountBatch(int entries, int payloadBytes)
    {
        Volatile.Write(ref _writtenBytes, _writtenBytes + payloadBytes);
        Volatile.Write(ref _writtenEntries, _writtenEntries + entries);
    }

    /// <param name="tableBytes">Bytes of the new tables and blobs.</param>
    /// <param name="elapsed">From its beginning until they were in place.</param>
    public void CountFlush(long tableBytes, TimeSpan elapsed)
    {
        lock (_lock)
        {
            _flushes = _flushes.Plus(0, tableBytes, elapsed);
            _bytesOut[0] += tableBytes;
        }
    }

    /// <param name="plan">A compaction that has read and written tables.</param>
    /// <param name="outputBytes">Bytes of the new tables and blobs.</param>
    /// <param name="elapsed">From its beginning until the new tables were in place.</param>
    public void CountCompaction(CompactionPlan plan, long outputBytes, TimeSpan elapsed)
    {
        var sunkBytes = plan.Inputs.Sum(table => table.Metadata.SizeBytes);
        lock (_lock)
        {
            _compactions = _compactions.Plus(plan.SizeBytes, outputBytes, elapsed);
            _bytesIn[plan.Level] += sunkBytes;
            _bytesIn[plan.OutputLevel] += plan.SizeBytes - sunkBytes;
            _bytesOut[plan.OutputLevel] += outputBytes;
        }
    }

    public void CountMovedBlobBytes(long bytes) => Interlocked.Add(ref _movedBlobBytes, bytes);

    /// <summary>Bytes of a level that compactions have read, and bytes of tables that were written to it.</summary>
    public (long Read, long Written) OfLevel(int level)
    {
        lock (_lock)
            return (_bytesIn[level], _bytesOut[level]);
    }

    /// <summary>Background work that has ended.</summary>
    public readonly record struct Work(long Count, long ReadBytes, long WrittenBytes, TimeSpan Elapsed)
    {
        public Work Plus(long readBytes, long writtenBytes, TimeSpan elapsed) =>
            new(Count + 1, ReadBytes + readBytes, WrittenBytes + writtenBytes, Elapsed + elapsed);
    }
}
