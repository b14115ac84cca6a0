namespace FerrisDB.Storage;

/// <summary>Says about how many bytes lie where, from indexes that are in memory anyway; reads no data block.</summary>
/// <remarks>The caller holds the view.</remarks>
internal sealed class SizeEstimate(ReadView view, TableCache tables)
{
    // Of each table and MemTable at most about this many places are looked at.
    private const int SamplesMax = 512;

    // Samples of a table are at most this share of a chunk apart, as far as there are enough of them.
    private const int SamplesPerChunk = 16;

    /// <summary>A key, and the bytes from it to the next one of the same run.</summary>
    private readonly record struct Sample(byte[] Key, long Bytes);

    /// <summary>About the bytes that MemTables and tables spend on a range.</summary>
    public long BytesIn(KeyRange range)
    {
        var bytes = 0L;
        foreach (var memTable in MemTables())
            bytes += SamplesOf(memTable).Where(sample => range.Contains(sample.Key)).Sum(sample => sample.Bytes);
        foreach (var table in TablesIn(range))
            bytes += BytesIn(table, range);
        return bytes;
    }

    /// <summary>Keys that cut a range into pieces of about <paramref name="chunkBytes"/> each.</summary>
    public List<byte[]> SplitPoints(KeyRange range, long chunkBytes)
    {
        var samples = new List<Sample>();
        foreach (var memTable in MemTables())
            samples.AddRange(SamplesOf(memTable).Where(sample => range.Contains(sample.Key)));
        foreach (var table in TablesIn(range))
            AddSamples(table, range, chunkBytes, samples);
        samples.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));

        var points = new List<byte[]>();
        var last = range.Begin;
        var bytes = 0L;
        foreach (var sample in samples)
        {
            // Fences need not be keys: the last one may lie at the end of the range.
            if (sample.Key.AsSpan().SequenceCompareTo(range.End) >= 0)
                break;
            if (bytes >= chunkBytes && sample.Key.AsSpan().SequenceCompareTo(last) > 0)
            {
                points.Add(sample.Key);
                last = sample.Key;
                bytes = 0;
            }
            bytes += sample.Bytes;
        }
        return points;
    }

    private IEnumerable<MemTable> MemTables() => view.Sealed.Prepend(view.Active);

    private IEnumerable<TableHandle> TablesIn(KeyRange range) =>
        from level in Enumerable.Range(0, TableSet.LevelCount)
        from table in view.Tables.LevelTables(level).ToArray()
        where table.Span.Overlaps(range)
        select table;

    // Spread evenly, so each stands for as many bytes as any other.
    private static IEnumerable<Sample> SamplesOf(MemTable memTable)
    {
        var keys = memTable.SampleKeys(SamplesMax);
        return keys.Select(key => new Sample(key, memTable.SizeBytes / keys.Count));
    }

    private long BytesIn(TableHandle table, KeyRange range)
    {
        var (beginsBefore, endsBehind) = Covers(table, range);
        if (beginsBefore && endsBehind)
            return table.Metadata.SizeBytes + table.Metadata.BlobUses.Bytes;
        using var epoch = Epochs.Enter();
        var reader = tables.Get(table);
        var begin = beginsBefore ? 0 : reader.ApproximateOffsetOf(range.Begin);
        var end = endsBehind ? table.Metadata.SizeBytes : reader.ApproximateOffsetOf(range.End);
        return WithBlobs(table, Math.Max(0, end - begin));
    }

    private void AddSamples(TableHandle table, KeyRange range, long chunkBytes, List<Sample> samples)
    {
        using var epoch = Epochs.Enter();
        var reader = tables.Get(table);
        if (reader.BlockCount == 0)
            return;
        var (beginsBefore, endsBehind) = Covers(table, range);
        var first = beginsBefore ? 0 : reader.FindBlock(range.Begin, EntryTag.First);
        var behind = endsBehind ? reader.BlockCount : reader.FindBlock(range.End, EntryTag.First) + 1;
        var blockBytes = Math.Max(1, WithBlobs(table, table.Metadata.SizeBytes) / reader.BlockCount);
        var wanted = Math.Min(SamplesMax, (behind - first) * blockBytes * SamplesPerChunk / chunkBytes);
        var step = (int)Math.Max(1, (behind - first) / Math.Max(1, wanted));
        for (var block = first; block < behind; block += step)
        {
            // The first block of the range may begin before it.
            var fence = reader.FenceKeyOf(block);
            var key = fence.AsSpan().SequenceCompareTo(range.Begin) < 0 ? range.Begin : fence;
            samples.Add(new Sample(key, Math.Min(step, behind - block) * blockBytes));
        }
    }

    // What the table refers to in blobs is taken to be spread evenly over it.
    private static long WithBlobs(TableHandle table, long bytes) => bytes
        + (long)((double)bytes / table.Metadata.SizeBytes * table.Metadata.BlobUses.Bytes);

    private static (bool BeginsBefore, bool EndsBehind) Covers(TableHandle table, KeyRange range) =>
        (range.Begin.AsSpan().SequenceCompareTo(table.Span.Begin) <= 0,
            range.End.AsSpan().SequenceCompareTo(table.Span.End) >= 0);
}
