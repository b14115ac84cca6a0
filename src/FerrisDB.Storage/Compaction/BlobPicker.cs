namespace FerrisDB.Storage;

// A blob is never changed, so what is overwritten or deleted stays in it until nobody refers to the file any more:
//
//     000015.blob   [live][dead][dead][dead][live][dead][dead]        2 of 7 live: less than BlobLiveRatioMin
//                     ^                       ^
//     tables        000020.sst              000031.sst                each is rewritten where it lies, and what is
//                                                                     live goes to a new blob on the way
//
// Every compaction moves what it meets of such blobs; here are found the tables that no other compaction would touch.
// Those of L0 are left alone: they sink soon.

/// <summary>Finds tables to rewrite so that blobs that are mostly garbage can go.</summary>
internal static class BlobPicker
{
    public static CompactionPlan? Pick(TableSet tables, PlanBuilder builder, StorageOptions options)
    {
        var worst = new List<BlobHandle>();
        foreach (var blob in tables.Blobs.All)
        {
            if (tables.Blobs.LiveRatioOf(blob) < options.BlobLiveRatioMin)
                worst.Add(blob);
        }
        foreach (var blob in worst.OrderByDescending(blob => GarbageBytes(tables, blob)))
        {
            if (PickOf(blob, tables, builder) is { } plan)
                return plan;
        }
        return null;
    }

    private static CompactionPlan? PickOf(BlobHandle blob, TableSet tables, PlanBuilder builder)
    {
        var candidates = new List<(long Bytes, int Level, TableHandle Table)>();
        for (var level = 1; level < TableSet.LevelCount; level++)
        {
            foreach (var table in tables.Level(level))
            {
                var bytes = table.Metadata.BlobUses.BytesIn(blob.FileNumber);
                if (bytes > 0 && !builder.IsBusy(table))
                    candidates.Add((bytes, level, table));
            }
        }
        var reason = $"{tables.Blobs.LiveRatioOf(blob) * 100:0} % of {blob} is live";
        foreach (var (_, level, table) in candidates.OrderByDescending(candidate => candidate.Bytes))
        {
            if (builder.TryRewrite(level, [table], reason) is { } plan)
                return plan;
        }
        return null;
    }

    private static long GarbageBytes(TableSet tables, BlobHandle blob) =>
        blob.Metadata.RecordBytes - tables.Blobs.LiveBytesOf(blob);
}
