namespace FerrisDB;

/// <summary>
/// A key that is described by its neighbourhood: start at the last key before <see cref="Key"/> (or at it, if
/// <see cref="OrEqual"/>), then move <see cref="Offset"/> keys forward.
/// </summary>
/// <param name="Key">Where to look. Kept, not copied; do not change it while the selector is in use.</param>
/// <param name="OrEqual">Start at the key itself if it is there.</param>
/// <param name="Offset">Keys to move on; negative ones move back.</param>
public readonly record struct KeySelector(ReadOnlyMemory<byte> Key, bool OrEqual, int Offset)
{
    /// <summary>The last key before <paramref name="key"/>.</summary>
    public static KeySelector LastLessThan(ReadOnlyMemory<byte> key) => new(key, false, 0);

    /// <summary>The last key at or before <paramref name="key"/>.</summary>
    public static KeySelector LastLessOrEqual(ReadOnlyMemory<byte> key) => new(key, true, 0);

    /// <summary>The first key behind <paramref name="key"/>.</summary>
    public static KeySelector FirstGreaterThan(ReadOnlyMemory<byte> key) => new(key, true, 1);

    /// <summary>The first key at or behind <paramref name="key"/>.</summary>
    public static KeySelector FirstGreaterOrEqual(ReadOnlyMemory<byte> key) => new(key, false, 1);

    /// <summary>The selector of the key so many keys later.</summary>
    public KeySelector Add(int keys) => this with { Offset = Offset + keys };

    /// <summary>The selector of the key so many keys later.</summary>
    public static KeySelector operator +(KeySelector selector, int keys) => selector.Add(keys);

    /// <summary>The selector of the key so many keys before.</summary>
    public static KeySelector operator -(KeySelector selector, int keys) => selector.Add(-keys);

    /// <summary>The selector of the key so many keys before.</summary>
    public KeySelector Subtract(int keys) => Add(-keys);

    /// <summary>Equal when the same bytes, the same side and the same offset are meant.</summary>
    public bool Equals(KeySelector other) =>
        OrEqual == other.OrEqual && Offset == other.Offset && Key.Span.SequenceEqual(other.Key.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Key.Span);
        hash.Add(OrEqual);
        hash.Add(Offset);
        return hash.ToHashCode();
    }
}
