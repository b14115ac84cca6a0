namespace FerrisDB.Storage;

/// <summary>How much of a table is there only to hide something, or hidden itself.</summary>
internal static class Garbage
{
    /// <summary>From this share on a table is compacted although its level is not too large.</summary>
    public const double ShareMin = 0.5;

    /// <summary>Tombstones, range tombstones and older versions, of all entries.</summary>
    public static double ShareOf(TableMetadata table)
    {
        var all = table.EntryCount + table.RangeTombstoneCount;
        return all == 0 ? 0 : Math.Min(1.0, (double)CountOf(table) / all);
    }

    /// <summary>True if there is any.</summary>
    public static bool IsIn(TableMetadata table) => CountOf(table) > 0;

    /// <summary>True if every reader is beyond the table, so that of each key the newest entry is enough.</summary>
    public static bool CanAllGo(TableMetadata table, ReadOnlySpan<long> boundaries) =>
        !boundaries.IsEmpty && table.NewestVersion <= boundaries[0];

    private static long CountOf(TableMetadata table) =>
        table.TombstoneCount + table.RangeTombstoneCount + table.OlderVersionCount;
}
