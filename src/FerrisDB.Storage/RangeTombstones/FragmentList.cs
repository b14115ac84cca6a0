namespace FerrisDB.Storage;

/// <summary>Collects fragments in key order and melts together those that touch and have the same versions.</summary>
internal sealed class FragmentList(int capacity)
{
    private readonly List<RangeTombstoneFragment> _fragments = new(capacity);

    public int Count => _fragments.Count;

    /// <summary>Adds a fragment that begins at or behind the end of the last one.</summary>
    public void Add(RangeTombstoneFragment fragment)
    {
        if (_fragments.Count > 0)
        {
            var last = _fragments[^1];
            if (last.End.AsSpan().SequenceEqual(fragment.Begin) &&
                last.Versions.AsSpan().SequenceEqual(fragment.Versions))
            {
                _fragments[^1] = last.WithRange(last.Begin, fragment.End);
                return;
            }
        }
        _fragments.Add(fragment);
    }

    /// <summary>Adds all fragments, with a version more wherever [begin, end) covers; fills the gaps there.</summary>
    public void AddAllWith(ReadOnlySpan<RangeTombstoneFragment> fragments, byte[] begin, byte[] end, long version)
    {
        var next = begin; // the range is done up to here
        foreach (var fragment in fragments)
        {
            var overlapBegin = Larger(fragment.Begin, begin);
            var overlapEnd = Smaller(fragment.End, end);
            if (overlapBegin.AsSpan().SequenceCompareTo(overlapEnd) >= 0)
            {
                if (IsBefore(begin, fragment.Begin))
                    AddGap(ref next, end, version);
                Add(fragment);
                continue;
            }
            AddGap(ref next, overlapBegin, version);
            if (IsBefore(fragment.Begin, overlapBegin))
                Add(fragment.WithRange(fragment.Begin, overlapBegin));
            Add(fragment.WithRange(overlapBegin, overlapEnd).WithVersion(version));
            if (IsBefore(overlapEnd, fragment.End))
                Add(fragment.WithRange(overlapEnd, fragment.End));
            next = overlapEnd;
        }
        AddGap(ref next, end, version);
    }

    public void CopyTo(Span<RangeTombstoneFragment> destination) => _fragments.CopyTo(destination);

    public RangeTombstoneFragment[] ToArray() => [.. _fragments];

    private void AddGap(ref byte[] next, byte[] end, long version)
    {
        if (!IsBefore(next, end))
            return;
        Add(new RangeTombstoneFragment(next, end, [version]));
        next = end;
    }

    private static bool IsBefore(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right) < 0;

    private static byte[] Larger(byte[] left, byte[] right) => IsBefore(left, right) ? right : left;

    private static byte[] Smaller(byte[] left, byte[] right) => IsBefore(right, left) ? right : left;
}
