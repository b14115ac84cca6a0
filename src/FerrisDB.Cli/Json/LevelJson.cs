namespace FerrisDB.Cli;

/// <summary>A level of the tree and its tables, in the order in which a reader looks at them.</summary>
internal sealed record LevelJson(
    int Level, long Bytes, long Entries, long Tombstones, long RangeTombstones, IReadOnlyList<TableJson> Tables)
{
    public static LevelJson Of(int level, TableSet set)
    {
        var tables = set.Level(level).ToArray().Select(table => TableJson.Of(table.Metadata)).ToList();
        return new LevelJson(
            level, set.LevelSizeBytes(level), tables.Sum(table => table.Entries), tables.Sum(table => table.Tombstones),
            tables.Sum(table => table.RangeTombstones), tables);
    }
}
