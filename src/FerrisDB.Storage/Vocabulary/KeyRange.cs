namespace FerrisDB;

/// <summary>All keys from <see cref="Begin"/> (inclusive) to <see cref="End"/> (exclusive), in byte order.</summary>
public readonly record struct KeyRange
{
    /// <summary>Creates a range. The arrays are kept, not copied; do not change them.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvertedRange"/>: begin is behind end.</exception>
    public KeyRange(byte[] begin, byte[] end)
    {
        ArgumentNullException.ThrowIfNull(begin);
        ArgumentNullException.ThrowIfNull(end);
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
            throw new FerrisException(ErrorCode.InvertedRange, "A range's begin must not lie behind its end.");
        Begin = begin;
        End = end;
    }

    /// <summary>The first key of the range.</summary>
    public byte[] Begin { get; }

    /// <summary>The first key behind the range.</summary>
    public byte[] End { get; }

    /// <summary>True if no key lies in the range.</summary>
    public bool IsEmpty => Begin.AsSpan().SequenceEqual(End);

    /// <summary>True if <paramref name="key"/> lies in the range.</summary>
    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Begin) >= 0 && key.SequenceCompareTo(End) < 0;

    /// <summary>True if the two ranges have a key in common.</summary>
    public bool Overlaps(KeyRange other) =>
        Begin.AsSpan().SequenceCompareTo(other.End) < 0 && other.Begin.AsSpan().SequenceCompareTo(End) < 0;

    /// <summary>Equal when both ends hold the same bytes.</summary>
    public bool Equals(KeyRange other) =>
        Begin.AsSpan().SequenceEqual(other.Begin) && End.AsSpan().SequenceEqual(other.End);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Begin);
        hash.AddBytes(End);
        return hash.ToHashCode();
    }
}
