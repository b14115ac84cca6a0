namespace FerrisDB.Transactions;

/// <summary>The counters of <see cref="HotKeys"/> for one period.</summary>
internal sealed class HotKeyTable
{
    private readonly Dictionary<byte[], int> _byKey = new(HotKeyComparer.Instance);
    private readonly HotKey[] _counters = new HotKey[HotKeys.CountersMax];
    private int _used;

    /// <summary>Keys that were counted.</summary>
    public long Total { get; private set; }

    public ReadOnlySpan<HotKey> Counters => _counters.AsSpan(0, _used);

    public void Add(ReadOnlySpan<byte> key)
    {
        Total++;
        if (_byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var index))
        {
            ref var known = ref _counters[index];
            known = known with { Count = known.Count + 1 };
            return;
        }
        var kept = key.ToArray();
        if (_used < _counters.Length)
        {
            index = _used++;
            _counters[index] = new HotKey(kept, 1, 0);
        }
        else
        {
            index = Lowest();
            var count = _counters[index].Count;
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.NewKeysBeginAtOne)
                count = 0;
#endif
            _byKey.Remove(_counters[index].Key);
            _counters[index] = new HotKey(kept, count + 1, count);
        }
        _byKey.Add(kept, index);
    }

    public void Clear()
    {
        _byKey.Clear();
        _used = 0;
        Total = 0;
    }

    private int Lowest()
    {
        var lowest = 0;
        for (var index = 1; index < _used; index++)
        {
            if (_counters[index].Count < _counters[lowest].Count)
                lowest = index;
        }
        return lowest;
    }
}
