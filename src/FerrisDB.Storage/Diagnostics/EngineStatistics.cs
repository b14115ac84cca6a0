namespace FerrisDB.Storage;

/// <summary>Gathers the numbers of an open engine. No lock of the write path is taken.</summary>
internal sealed class EngineStatistics(EngineParts parts)
{
    private readonly long _logStart = parts.Wal?.AppendedPosition ?? 0;

    /// <summary>What gets cost.</summary>
    public ReadSampler Reads { get; } = new();

    public StorageStatistics Take()
    {
        var tree = parts.Tree;
        using var epoch = Epochs.Enter();
        var view = tree.View;
        var cache = parts.BlockCache;
        return new StorageStatistics
        {
            Levels = [.. Enumerable.Range(0, TableSet.LevelCount).Select(level => OfLevel(view.Tables, level))],
            Blobs = new BlobStatistics(
                view.Tables.Blobs.All.Length, view.Tables.Blobs.SizeBytes, view.Tables.Blobs.LiveBytes,
                tree.Counters.MovedBlobBytes, tree.TableCache.Blobs.OpenCount, tree.TableCache.Blobs.MemoryBytes),
            ActiveMemTable = new MemTableStatistics(1, view.Active.SizeBytes, view.Active.EntryCount),
            SealedMemTables = new MemTableStatistics(
                view.Sealed.Length,
                view.Sealed.Sum(memTable => memTable.SizeBytes),
                view.Sealed.Sum(memTable => memTable.EntryCount)),
            BlockCache = new BlockCacheStatistics(
                cache.PublishedBytes, cache.BudgetBytes, cache.Fills, cache.Evictions),
            OpenTables = tree.TableCache.OpenCount,
            OpenTableBytes = tree.TableCache.MemoryBytes,
            Snapshots = tree.Snapshots.Count,
            OpenCursors = parts.Cursors.OpenCount,
            LastVersion = tree.LastVersion,
            DurableVersion = tree.DurableVersion,
            Floor = tree.Snapshots.Floor,
            LogBytes = parts.Wal?.KeptBytes ?? 0,
            CompactionDebtBytes = CompactionDebt.EstimateBytes(view.Tables, tree.Options),
            WriteStall = new WriteStallStatistics(
                tree.Stall.Reason, tree.Stall.WaitCount, tree.Stall.Waited, tree.Stall.LongestWait),
            Writes = Writes(tree.Counters),
            Reads = Reads.Statistics,
            Scrub = tree.Scrub.Statistics,
            RunningCompactions = [.. tree.Compactions.Running.Select(plan =>
                new RunningCompaction(plan.Level, plan.OutputLevel, plan.SizeBytes, plan.Reason))],
        };
    }

    private LevelStatistics OfLevel(TableSet tables, int level)
    {
        var (entries, tombstones, rangeTombstones, blobBytes) = (0L, 0L, 0L, 0L);
        foreach (var table in tables.Level(level))
        {
            entries += table.Metadata.EntryCount;
            tombstones += table.Metadata.TombstoneCount;
            rangeTombstones += table.Metadata.RangeTombstoneCount;
            blobBytes += table.Metadata.BlobUses.Bytes;
        }
        var (read, written) = parts.Tree.Counters.OfLevel(level);
        return new LevelStatistics(
            level, tables.Level(level).Length, tables.LevelSizeBytes(level), entries, tombstones, rangeTombstones,
            read, written, blobBytes);
    }

    private WriteStatistics Writes(StorageCounters counters)
    {
        var flushes = counters.Flushes;
        var compactions = counters.Compactions;
        return new WriteStatistics(
            counters.WrittenEntries,
            counters.WrittenBytes,
            (parts.Wal?.AppendedPosition ?? 0) - _logStart,
            flushes.Count,
            flushes.WrittenBytes,
            flushes.Elapsed,
            compactions.Count,
            compactions.ReadBytes,
            compactions.WrittenBytes,
            compactions.Elapsed);
    }
}
