namespace FerrisDB.Transactions;

// "Space saving", by Metwally, Agrawal and El Abbadi (2005): a fixed number of counters, each with a key. A key that
// has none takes over the counter of the key with the lowest count, and goes on counting from there. Whatever came up
// more often than one time in CountersMax is found for certain; a count is too high by the count that was taken over,
// at most.
//
// Two such tables, of the time until the last turn and since then, so that what was hot an hour ago is forgotten.

/// <summary>Finds the keys that come up most often in a sample, in bounded memory.</summary>
/// <remarks>Thread-safe. Allocates for keys that it has not seen, not for those that are hot.</remarks>
internal sealed class HotKeys
{
    /// <summary>Keys that are counted at a time, in each of two tables.</summary>
    public const int CountersMax = 256;

    /// <summary>Longer keys are counted together by their first bytes.</summary>
    public const int KeyBytesMax = 128;

    private readonly Lock _gate = new();

    // Under the gate.
    private HotKeyTable _now = new();
    private HotKeyTable _before = new();

    /// <summary>Counts a key that was drawn into the sample.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        if (key.Length > KeyBytesMax)
            key = key[..KeyBytesMax];
        lock (_gate)
            _now.Add(key);
    }

    /// <summary>Forgets what came up before the last turn.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            (_now, _before) = (_before, _now);
            _now.Clear();
        }
    }

    /// <summary>The hottest keys, the hottest first, and how many keys the sample had.</summary>
    public List<HotKey> Top(int count, out long sampled)
    {
        lock (_gate)
        {
            sampled = _now.Total + _before.Total;
            List<HotKey> all = [.. _now.Counters];
            foreach (var old in _before.Counters)
            {
                var index = all.FindIndex(each => each.Key.AsSpan().SequenceEqual(old.Key));
                if (index < 0)
                    all.Add(old);
                else
                    all[index] = new HotKey(old.Key, all[index].Count + old.Count, all[index].Error + old.Error);
            }
            // Keys of the same count in the order of keys: the same sample is always told the same way.
            all.Sort(static (left, right) => left.Count != right.Count
                ? right.Count.CompareTo(left.Count)
                : left.Key.AsSpan().SequenceCompareTo(right.Key));
            return all.Count > count ? all[..count] : all;
        }
    }
}
