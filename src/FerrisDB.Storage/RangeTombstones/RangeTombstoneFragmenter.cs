namespace FerrisDB.Storage;

/// <summary>Cuts tombstones that overlap into fragments that do not, by walking all their ends in key order.</summary>
internal static class RangeTombstoneFragmenter
{
    private static readonly Comparer<long> NewestFirst = Comparer<long>.Create((left, right) => right.CompareTo(left));

    /// <summary>Sorting apart, the cost is that of the result: each fragment lists its versions once.</summary>
    public static FragmentList Fragment(IEnumerable<RangeTombstone> tombstones)
    {
        var ends = new List<(byte[] Key, bool IsBegin, long Version)>();
        foreach (var tombstone in tombstones)
        {
            if (tombstone.Begin.AsSpan().SequenceCompareTo(tombstone.End) >= 0)
                continue;
            ends.Add((tombstone.Begin, true, tombstone.Version));
            ends.Add((tombstone.End, false, tombstone.Version));
        }
        ends.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));

        var list = new FragmentList(ends.Count);
        var open = new SortedDictionary<long, int>(NewestFirst); // version -> how many of its tombstones are open
        byte[] begin = [];
        foreach (var (key, isBegin, version) in ends)
        {
            if (open.Count > 0 && begin.AsSpan().SequenceCompareTo(key) < 0)
                list.Add(new RangeTombstoneFragment(begin, key, [.. open.Keys]));
            begin = key;
            var count = open.GetValueOrDefault(version) + (isBegin ? 1 : -1);
            if (count == 0)
                open.Remove(version);
            else
                open[version] = count;
        }
        return list;
    }
}
