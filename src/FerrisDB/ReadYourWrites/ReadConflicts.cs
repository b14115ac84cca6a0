namespace FerrisDB;

/// <summary>
/// Adds what was read to the read conflict ranges of a transaction, but for what its own writes decide.
/// </summary>
internal static class ReadConflicts
{
    /// <summary>Adds a range, unless it is empty or inverted.</summary>
    /// <param name="reads">Added to, under the gate.</param>
    /// <param name="own">The writes that the read has seen; null if it has seen none.</param>
    /// <param name="begin">Where the range begins.</param>
    /// <param name="end">Where it ends.</param>
    public static void Add(ConflictRanges reads, WriteMap? own, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        if (own is null || own.IsTransparent)
        {
            reads.Add(begin, end);
            return;
        }
        var cursor = own.OpenCursor();
        for (cursor.Seek(begin); ; cursor.MoveNext())
        {
            var isWhole = cursor.IsLast || cursor.End.SequenceCompareTo(end) >= 0;
            var pieceEnd = isWhole ? end : cursor.End;
            if (cursor.NeedsDatabase)
                reads.Add(begin, pieceEnd);
            if (isWhole)
                return;
            begin = pieceEnd;
        }
    }
}
