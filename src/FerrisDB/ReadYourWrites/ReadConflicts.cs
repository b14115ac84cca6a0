namespace FerrisDB;

/// <summary>
/// Adds what was read to the read conflict ranges of a transaction, but for what its own writes decide.
/// </summary>
internal static class ReadConflicts
{
    /// <summary>Under the gate: adds a range, unless it is empty or inverted.</summary>
    public static void Add(TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        if (context.Writes.IsTransparent || context.Settings.IsReadYourWritesDisabled)
        {
            context.Reads.Add(begin, end);
            return;
        }
        var cursor = context.Writes.OpenCursor();
        for (cursor.Seek(begin); ; cursor.MoveNext())
        {
            var isWhole = cursor.IsLast || cursor.End.SequenceCompareTo(end) >= 0;
            var pieceEnd = isWhole ? end : cursor.End;
            if (cursor.NeedsDatabase)
                context.Reads.Add(begin, pieceEnd);
            if (isWhole)
                return;
            begin = pieceEnd;
        }
    }
}
