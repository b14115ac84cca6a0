using System.Text.Json.Serialization;

namespace FerrisDB.Cli;

/// <summary>The shape of the tree: MemTables, newest first, and levels, from L0 down.</summary>
internal sealed record TreeJson(
    string Folder, long LastVersion, long DurableVersion, IReadOnlyList<MemTableJson> MemTables,
    IReadOnlyList<LevelJson> Levels, IReadOnlyList<BlobJson> Blobs)
{
    public int TableCount => Levels.Sum(level => level.Tables.Count);

    public long TableBytes => Levels.Sum(level => level.Bytes);

    /// <summary>Entries in MemTables and tables, tombstones and older versions included.</summary>
    public long Entries => MemTables.Sum(memTable => memTable.Entries) + Levels.Sum(level => level.Entries);

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
                [.. Enumerable.Range(0, TableSet.LevelCount).Select(level => LevelJson.Of(level, view.Tables))],
                BlobJson.Of(view.Tables.Blobs));
        }
        finally
        {
            view.Release();
        }
    }
}
