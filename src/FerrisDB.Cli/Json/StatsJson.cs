namespace FerrisDB.Cli;

/// <summary>How a database stands, and what it did since it was opened.</summary>
internal sealed record StatsJson(
    string Folder,
    IReadOnlyList<string> Marks,
    long LastVersion,
    long DurableVersion,
    long FloorVersion,
    int Tables,
    long TableBytes,
    long LogFileBytes,
    IReadOnlyList<StatsJson.LevelRow> Levels,
    StatsJson.BlobsRow Blobs,
    StatsJson.MemTableRow ActiveMemTable,
    StatsJson.MemTableRow SealedMemTables,
    StatsJson.MemoryRow Memory,
    StatsJson.AmplificationRow Amplification,
    StatsJson.WritesRow Writes,
    StatsJson.ReadsRow Reads,
    long CompactionDebtBytes,
    StatsJson.StallRow WriteStall,
    StatsJson.ScrubRow Scrub,
    IReadOnlyList<StatsJson.CompactionRow> RunningCompactions,
    int Snapshots,
    int OpenCursors)
{
    private const int Digits = 3;

    public static StatsJson Of(StorageEngine engine)
    {
        var statistics = engine.GetStatistics();
        return new StatsJson(
            engine.Folder,
            engine.Marks,
            statistics.LastVersion,
            statistics.DurableVersion,
            statistics.Floor,
            statistics.Tables,
            statistics.TableBytes,
            BytesOfLogFiles(engine),
            [.. statistics.Levels.Select(LevelRow.Of)],
            new BlobsRow(
                statistics.Blobs.Count, statistics.Blobs.SizeBytes, statistics.Blobs.LiveBytes,
                statistics.Blobs.MovedBytes),
            MemTableRow.Of(statistics.ActiveMemTable),
            MemTableRow.Of(statistics.SealedMemTables),
            MemoryRow.Of(statistics, engine.Options),
            AmplificationRow.Of(statistics),
            WritesRow.Of(statistics.Writes),
            new ReadsRow(
                statistics.Reads.SampledGets, Round(statistics.Reads.TablesPerGet), Round(statistics.Reads.HitRate)),
            statistics.CompactionDebtBytes,
            StallRow.Of(statistics.WriteStall),
            ScrubRow.Of(statistics.Scrub),
            [.. statistics.RunningCompactions.Select(CompactionRow.Of)],
            statistics.Snapshots,
            statistics.OpenCursors);
    }

    private static double Round(double number) => Math.Round(number, Digits);

    // Segments that wait to be used again are files too.
    private static long BytesOfLogFiles(StorageEngine engine)
    {
        var files = new DiskFileSystem();
        var bytes = 0L;
        foreach (var name in files.List(engine.Folder))
        {
            if (!FileNames.TryParse(name, out var kind, out _) || kind != FileKind.Wal)
                continue;
            using var file = files.Open(Path.Combine(engine.Folder, name), FileAccess.Read);
            bytes += file.Length;
        }
        return bytes;
    }

    /// <summary>The search for damage in the background.</summary>
    internal sealed record ScrubRow(
        bool IsRunning, int FilesDone, int FilesTotal, long BytesRead, long Damages, long Rounds,
        DateTimeOffset? LastRoundEndedAt, double LastRoundSeconds)
    {
        public static ScrubRow Of(ScrubStatistics scrub) => new(
            scrub.IsRunning, scrub.FilesDone, scrub.FilesTotal, scrub.BytesRead, scrub.Damages, scrub.Rounds,
            scrub.LastRoundEndedAt, Round(scrub.LastRoundTook.TotalSeconds));
    }

    /// <summary>A level.</summary>
    internal sealed record LevelRow(
        int Level, int Tables, long Bytes, long Entries, long Tombstones, long RangeTombstones, long ReadBytes,
        long WrittenBytes)
    {
        public static LevelRow Of(LevelStatistics level) => new(
            level.Level, level.Tables, level.SizeBytes, level.Entries, level.Tombstones, level.RangeTombstones,
            level.ReadBytes,
            level.WrittenBytes);
    }

    /// <summary>The files of large values; what is not live is garbage that compaction collects.</summary>
    internal sealed record BlobsRow(int Count, long Bytes, long LiveBytes, long MovedBytes);

    /// <summary>One or more MemTables.</summary>
    internal sealed record MemTableRow(int Count, long Bytes, long Entries)
    {
        public static MemTableRow Of(MemTableStatistics memTables) =>
            new(memTables.Count, memTables.SizeBytes, memTables.Entries);
    }

    /// <summary>Bytes of memory by use.</summary>
    internal sealed record MemoryRow(
        long BudgetBytes, long MemTableBytes, long BlockCacheBytes, long BlockCacheBudgetBytes, long BlockCacheFills,
        long BlockCacheEvictions, int OpenTables, long OpenTableBytes)
    {
        public static MemoryRow Of(StorageStatistics statistics, StorageOptions options) => new(
            options.MemoryBudgetBytes,
            statistics.ActiveMemTable.SizeBytes + statistics.SealedMemTables.SizeBytes,
            statistics.BlockCache.SizeBytes,
            statistics.BlockCache.BudgetBytes,
            statistics.BlockCache.Fills,
            statistics.BlockCache.Evictions,
            statistics.OpenTables,
            statistics.OpenTableBytes);
    }

    /// <summary>
    /// Bytes written for each byte that the user wrote, blocks searched for each get, bytes kept for each byte of the
    /// deepest level; and the sorted runs that a read looks at if it finds nothing.
    /// </summary>
    internal sealed record AmplificationRow(double Write, double Read, double Space, int SortedRuns)
    {
        public static AmplificationRow Of(StorageStatistics statistics) => new(
            Round(statistics.Writes.Amplification),
            Round(statistics.Reads.Amplification),
            Round(statistics.SpaceAmplification),
            1 + statistics.SealedMemTables.Count + statistics.Levels[0].Tables
                + statistics.Levels.Skip(1).Count(level => level.Tables > 0));
    }

    /// <summary>What was written.</summary>
    internal sealed record WritesRow(
        long Entries, long UserBytes, long LogBytes, long Flushes, long FlushBytes, double FlushSeconds,
        long Compactions,
        long CompactionReadBytes, long CompactionWrittenBytes, double CompactionSeconds)
    {
        public static WritesRow Of(WriteStatistics writes) => new(
            writes.Entries,
            writes.UserBytes,
            writes.LogBytes,
            writes.Flushes,
            writes.FlushBytes,
            Round(writes.FlushTime.TotalSeconds),
            writes.Compactions,
            writes.CompactionReadBytes,
            writes.CompactionWrittenBytes,
            Round(writes.CompactionTime.TotalSeconds));
    }

    /// <summary>What gets cost, by a sample of them; the hit rate of the block cache is a share, 0 to 1.</summary>
    internal sealed record ReadsRow(long SampledGets, double TablesPerGet, double BlockCacheHitRate);

    /// <summary>How writers are and were held up.</summary>
    internal sealed record StallRow(string Reason, long Waits, double WaitedSeconds, double LongestSeconds)
    {
        public static StallRow Of(WriteStallStatistics stall) => new(
            stall.Reason.ToString(), stall.Waits, Round(stall.Waited.TotalSeconds),
            Round(stall.LongestWait.TotalSeconds));
    }

    /// <summary>A compaction that runs now.</summary>
    internal sealed record CompactionRow(int Level, int OutputLevel, long InputBytes, string Reason)
    {
        public static CompactionRow Of(RunningCompaction compaction) => new(
            compaction.Level, compaction.OutputLevel, compaction.InputBytes, compaction.Reason);
    }
}
