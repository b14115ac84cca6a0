namespace FerrisDB;

/// <summary>Ranges as rows: "1" where one begins and "0" where it ends, sorted, and merged where they meet.</summary>
internal static class ConflictBoundaries
{
    private static readonly byte[] Inside = "1"u8.ToArray();
    private static readonly byte[] Outside = "0"u8.ToArray();

    /// <summary>What the transaction has read.</summary>
    public static List<SpecialRow> OfReads(TransactionContext context, byte[] prefix) => Of(context.Reads, prefix);

    /// <summary>What it is going to write.</summary>
    public static List<SpecialRow> OfWrites(TransactionContext context, byte[] prefix)
    {
        var writes = new ConflictRanges();
        context.Writes.AddConflictsTo(writes);
        return Of(writes, prefix);
    }

    /// <summary>What made its commit fail.</summary>
    public static List<SpecialRow> OfConflicting(TransactionContext context, byte[] prefix)
    {
        var conflicting = new ConflictRanges();
        foreach (var range in context.Conflicting)
            conflicting.Add(range.Begin, range.End);
        return Of(conflicting, prefix);
    }

    public static List<SpecialRow> Of(ConflictRanges ranges, byte[] prefix)
    {
        List<KeyRange> sorted = [];
        foreach (var range in ranges)
            sorted.Add(new KeyRange(range.Begin.ToArray(), range.End.ToArray()));
        sorted.Sort(static (left, right) => left.Begin.AsSpan().SequenceCompareTo(right.Begin));
        List<SpecialRow> rows = [];
        var end = default(byte[]);
        foreach (var range in sorted)
        {
            if (end is null || range.Begin.AsSpan().SequenceCompareTo(end) > 0)
            {
                if (end is not null)
                    rows.Add(new SpecialRow([.. prefix, .. end], Outside));
                rows.Add(new SpecialRow([.. prefix, .. range.Begin], Inside));
                end = range.End;
            }
            else if (range.End.AsSpan().SequenceCompareTo(end) > 0)
            {
                end = range.End;
            }
        }
        if (end is not null)
            rows.Add(new SpecialRow([.. prefix, .. end], Outside));
        return rows;
    }
}
