namespace FerrisDB;

/// <summary>
/// Adds what was read to the read conflict ranges of a transaction, but for what its own writes decide.
/// </summary>
internal static class ReadConflicts
{
    /// <summary>Under the gate: adds a range that is not inverted.</summary>
    public static void Add(TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (context.Writes.IsTransparent || context.Settings.IsReadYourWritesDisabled)
        {
            context.Reads.Add(begin, end);
            return;
        }
        var cursor = context.Writes.OpenCursor();
        for (cursor.Seek(begin); begin.SequenceCompareTo(end) < 0; cursor.MoveNext())
        {
            var isWhole = cursor.IsLast || cursor.End.SequenceCompareTo(end) >= 0;
            var pieceEnd = isWhole ? end : cursor.End;
            if (cursor.State.NeedsDatabase)
                context.Reads.Add(begin, pieceEnd);
            if (isWhole)
                return;
            begin = pieceEnd;
        }
    }
}
