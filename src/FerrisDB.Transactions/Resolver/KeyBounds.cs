namespace FerrisDB.Transactions;

/// <summary>The part of a node that is in a range of keys; an end that lies outside of the node is left out.</summary>
internal readonly ref struct KeyBounds
{
    private KeyBounds(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool hasBegin, bool hasEnd, bool isEndIncluded)
    {
        Begin = begin;
        End = end;
        HasBegin = hasBegin;
        HasEnd = hasEnd;
        IsEndIncluded = isEndIncluded;
    }

    public ReadOnlySpan<byte> Begin { get; }

    public ReadOnlySpan<byte> End { get; }

    public bool HasBegin { get; }

    public bool HasEnd { get; }

    /// <summary>True if the key <see cref="End"/> belongs to the range.</summary>
    public bool IsEndIncluded { get; }

    public static KeyBounds Between(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        new(begin, end, hasBegin: true, hasEnd: true, isEndIncluded: false);

    public static KeyBounds Through(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> last) =>
        new(begin, last, hasBegin: true, hasEnd: true, isEndIncluded: true);

    /// <summary>From the begin of the range to the end of the node.</summary>
    public KeyBounds WithoutEnd() => new(Begin, default, HasBegin, hasEnd: false, isEndIncluded: false);

    /// <summary>From the begin of the node to the end of the range.</summary>
    public KeyBounds WithoutBegin() => new(default, End, hasBegin: false, HasEnd, IsEndIncluded);
}
