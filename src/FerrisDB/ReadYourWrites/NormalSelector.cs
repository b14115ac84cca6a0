namespace FerrisDB;

/// <summary>
/// A selector without "or equal": the offset counts from the first key at or behind the key, which is 1.
/// </summary>
internal readonly record struct NormalSelector(byte[] Key, int Offset)
{
    /// <summary>True if it is the first key at or behind its key: a bound that need not be looked for.</summary>
    public bool IsKeyItself => Offset == 1;

    public static NormalSelector From(KeySelector selector) => selector.OrEqual
        ? new NormalSelector([.. selector.Key.Span, 0], selector.Offset)
        : new NormalSelector(selector.Key.ToArray(), selector.Offset);
}
