namespace FerrisDB;

/// <summary>A page of a range that a transaction asks for.</summary>
internal readonly record struct PageRequest(
    NormalSelector Begin, NormalSelector End, PageLimits Limits, bool Reverse, bool IsSnapshot)
{
    /// <summary>
    /// What the page depends on, so that a later write there is a conflict; empty or inverted if nothing.
    /// </summary>
    /// <remarks>
    /// Which rows these are is a matter of how many keys lie between the keys of the two selectors, and of the rows
    /// themselves; all else moves both ends alike. Unless an end ran off all keys: then also of what lies there. What a
    /// limit cut off matters only if an end is counted through it.
    /// </remarks>
    public (byte[] From, byte[] To) ConflictRange(
        byte[] begin, byte[] end, byte[] maxKey, RowBuffer rows, bool more)
    {
        var isInverted = Begin.Key.AsSpan().SequenceCompareTo(End.Key) >= 0;
        if (isInverted && Begin.Offset >= End.Offset)
            return ([], []);
        var from = isInverted ? End.Key : Begin.Key;
        var to = isInverted ? Begin.Key : End.Key;
        var isCut = more && !isInverted;
#if FERRIS_CHECKED
        isCut &= ClientBugs.Active != ClientBug.PageConflictsAreNotCut;
        if (ClientBugs.Active == ClientBug.PageConflictsForgetTheEnd)
            maxKey = [];
        if (ClientBugs.Active == ClientBug.PageConflictsAreCutTooFar && isCut && !Reverse && End.Offset > 0)
            return (from, rows.Key(rows.Count - 1).ToArray());
#endif
        if (isCut && !Reverse && End.Offset > 0)
            to = from;
        else if (isCut && Reverse && Begin.Offset <= 0)
            from = to;
        if (begin.Length == 0 && Begin.Offset <= 0 && (!Reverse || !more))
            from = [];
        if (End.Offset > 1 && (Reverse || !more) && end.AsSpan().SequenceEqual(maxKey))
            to = maxKey;
        if (rows.Count == 0)
            return (from, to);
        var (first, last) = Reverse ? (rows.Count - 1, 0) : (0, rows.Count - 1);
        return (Earlier(from, rows.Key(first)), Later(to, [.. rows.Key(last), 0]));
    }

    private static byte[] Earlier(byte[] left, ReadOnlySpan<byte> right) =>
        right.SequenceCompareTo(left) >= 0 ? left : right.ToArray();

    private static byte[] Later(byte[] left, byte[] right) =>
        left.AsSpan().SequenceCompareTo(right) >= 0 ? left : right;
}
