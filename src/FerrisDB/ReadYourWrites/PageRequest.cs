namespace FerrisDB;

/// <summary>A page of a range that a transaction asks for.</summary>
internal readonly record struct PageRequest(
    NormalSelector Begin, NormalSelector End, PageLimits Limits, bool Reverse, bool IsSnapshot)
{
    /// <summary>What the page depends on, so that a later write there is a conflict.</summary>
    /// <remarks>
    /// All between the selectors' keys and what they resolved to decides which rows these are. A page that a limit
    /// ended depends on nothing behind its last row, unless the selector there is one that looked beyond.
    /// </remarks>
    public (byte[] From, byte[] To) ConflictRange(byte[] begin, byte[] end, RowBuffer rows, bool more)
    {
        var from = Begin.Offset > 0 ? Begin.Key : begin;
        var to = End.Key;
        if (End.Offset > 1)
            to = Later(End.Key, rows.Count == 0 ? end : Behind(rows.Key(Reverse ? 0 : rows.Count - 1)));
        if (!more || rows.Count == 0)
            return (from, to);
        if (!Reverse && End.Offset > 0)
            to = Behind(rows.Key(rows.Count - 1));
        if (Reverse && Begin.Offset <= 0)
            from = rows.Key(rows.Count - 1).ToArray();
        return (from, to);
    }

    private static byte[] Later(byte[] left, byte[] right) =>
        left.AsSpan().SequenceCompareTo(right) >= 0 ? left : right;

    private static byte[] Behind(ReadOnlySpan<byte> key) => [.. key, 0];
}
