using System.Text.Json.Serialization;

namespace FerrisDB.Cli;

/// <summary>The shape of the tree: MemTables, newest first, and levels, from L0 down.</summary>
internal sealed record TreeJson(
    string Folder, long LastVersion, long DurableVersion, IReadOnlyList<MemTableJson> MemTables, IReadOnlyList<LevelJson> Levels)
{
    public int TableCount => Levels.Sum(level => level.Tables.Count);

    public long TableBytes => Levels.Sum(level => level.Bytes);

    /// <summary>Entries in MemTables and tables, tombstones and older versions included.</summary>
    public long Entries => MemTables.Sum(memTable => memTable.Entries) + Levels.Sum(level => level.Entries);

    /// <summary>Sorted runs that a read may have to look at: MemTables, tables of L0, levels.</summary>
    public int SortedRuns => MemTables.Count(memTable => memTable.Entries > 0 || memTable.RangeTombstones > 0)
        + Levels[0].Tables.Count + Levels.Skip(1).Count(level => level.Tables.Count > 0);

    /// <summary>Bytes of all tables for each byte of the lowest level, which has everything once; 1 is the least.</summary>
    public double SpaceAmplification
    {
        get
        {
            var lowest = Levels.LastOrDefault(level => level.Bytes > 0);
            return lowest is null ? 1 : Math.Round((double)TableBytes / lowest.Bytes, 2);
        }
    }

    [JsonIgnore]
    public long Tombstones => Levels.Sum(level => level.Tombstones);

    public static TreeJson Of(StorageEngine engine)
    {
        var view = engine.Tree.AcquireView(out var version);
        try
        {
            return new TreeJson(
                engine.Folder, version, engine.Tree.DurableVersion,
                [MemTableJson.Of(view.Active), .. view.Sealed.Select(MemTableJson.Of)],
                [.. Enumerable.Range(0, TableSet.LevelCount).Select(level => LevelJson.Of(level, view.Tables))]);
        }
        finally
        {
            view.Release();
        }
    }
}
