namespace FerrisDB.Cli;

/// <summary>How a database stands. What counts events counts them since it was opened.</summary>
internal sealed record StatsJson(
    string Folder, long LastVersion, long DurableVersion, long Entries, int TableCount, long TableBytes, long WalBytes,
    int SortedRuns, double SpaceAmplification, int Snapshots,
    IReadOnlyList<StatsJson.LevelRow> Levels, IReadOnlyList<MemTableJson> MemTables,
    StatsJson.MemoryUse Memory, StatsJson.WaitingWriters WriteStall, string? Failure)
{
    public static StatsJson Of(StorageEngine engine)
    {
        var tree = TreeJson.Of(engine);
        var cache = engine.Parts.BlockCache;
        var stall = engine.Tree.Stall;
        return new StatsJson(
            tree.Folder, tree.LastVersion, tree.DurableVersion, tree.Entries, tree.TableCount, tree.TableBytes, LogBytes(engine),
            tree.SortedRuns, tree.SpaceAmplification, engine.Tree.Snapshots.Count,
            [.. tree.Levels.Where(level => level.Tables.Count > 0).Select(LevelRow.Of)],
            tree.MemTables,
            new MemoryUse(
                engine.Options.MemoryBudgetBytes, cache.PublishedBytes, cache.BudgetBytes, engine.Tree.TableCache.OpenCount,
                engine.Tree.TableCache.MemoryBytes),
            new WaitingWriters(stall.Reason.ToString(), stall.WaitCount, Math.Round(stall.Waited.TotalSeconds, 3)),
            engine.Tree.Failure?.Message);
    }

    private static long LogBytes(StorageEngine engine)
    {
        var bytes = 0L;
        foreach (var name in engine.Tree.Files.List(engine.Folder))
        {
            if (!FileNames.TryParse(name, out var kind, out _) || kind != FileKind.Wal)
                continue;
            using var file = engine.Tree.Files.Open(Path.Combine(engine.Folder, name), FileAccess.Read);
            bytes += file.Length;
        }
        return bytes;
    }

    /// <summary>A level in numbers.</summary>
    internal sealed record LevelRow(int Level, int Tables, long Bytes, long Entries, long Tombstones, long RangeTombstones)
    {
        public static LevelRow Of(LevelJson level) => new(
            level.Level, level.Tables.Count, level.Bytes, level.Entries, level.Tombstones, level.RangeTombstones);
    }

    /// <summary>Bytes of memory by use.</summary>
    internal sealed record MemoryUse(
        long BudgetBytes, long BlockCacheBytes, long BlockCacheBudgetBytes, int OpenTables, long OpenTableBytes);

    /// <summary>Writers that had to wait, and why if they do now.</summary>
    internal sealed record WaitingWriters(string Reason, long Waits, double WaitedSeconds);
}
