namespace FerrisDB;

/// <summary>
/// What a read sees that takes its time: all as it was when it was called, whatever the transaction does meanwhile.
/// </summary>
/// <param name="Own">The writes of before, lent by the context; null if the read does not look at any.</param>
/// <param name="WithSystemKeys">The keys of the system may be read.</param>
/// <param name="Life">The life of the transaction that it belongs to.</param>
internal readonly record struct ReadScope(WriteMap? Own, bool WithSystemKeys, int Life)
{
    /// <summary>The end of all keys that may be read.</summary>
    public byte[] MaxKey => KeyLimits.End(WithSystemKeys);
}
