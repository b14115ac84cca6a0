namespace FerrisDB.Transactions;

/// <summary>Counts what is asked for by tags that may be throttled without an operator.</summary>
/// <remarks>Thread-safe. Who has no such tag pays nothing.</remarks>
internal sealed class TagUsage
{
    // Tags that come when so many are known are not counted before the next period: whoever makes the most of the load
    // is among the first.
    private const int TagsMax = 1_000;

    private readonly Lock _gate = new();

    // Under the gate.
    private Dictionary<byte[], TagUse> _uses = New();

    /// <summary>Counts transactions that want to start, or what one commits.</summary>
    public void Add(ReadOnlySpan<byte> tag, int starts, int bytes)
    {
        lock (_gate)
        {
            var uses = _uses.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (uses.TryGetValue(tag, out var use))
                uses[tag] = new TagUse(use.Starts + starts, use.Bytes + bytes);
            else if (_uses.Count < TagsMax)
                uses[tag] = new TagUse(starts, bytes);
        }
    }

    /// <summary>What was counted since the last time.</summary>
    public IReadOnlyDictionary<byte[], TagUse> Take()
    {
        lock (_gate)
        {
            if (_uses.Count == 0)
                return _uses;
            var taken = _uses;
            _uses = New();
            return taken;
        }
    }

    private static Dictionary<byte[], TagUse> New() => new(TagComparer.Instance);
}
