namespace FerrisDB;

/// <summary>Ranges as rows: "1" where one begins and "0" where it ends, sorted, and merged where they meet.</summary>
internal static class ConflictBoundaries
{
    private static readonly byte[] Inside = "1"u8.ToArray();
    private static readonly byte[] Outside = "0"u8.ToArray();

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
