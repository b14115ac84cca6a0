namespace FerrisDB.Transactions;

/// <summary>A range of keys that a transaction read or wrote: a look into <see cref="ConflictRanges"/>.</summary>
internal readonly ref struct ConflictRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool isPoint)
{
    /// <summary>The first key.</summary>
    public ReadOnlySpan<byte> Begin { get; } = begin;

    /// <summary>The first key behind the range; always behind <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> End { get; } = end;

    /// <summary>True if <see cref="Begin"/> is the only key: <see cref="End"/> is that and a zero.</summary>
    public bool IsPoint { get; } = isPoint;
}
