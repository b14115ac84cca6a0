using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

// Range tombstones overlap as they like; a set keeps them as fragments that do not, in key order, so that one binary
// search answers what covers a key:
//
//     tombstones     a---------------------m         version 3
//                              f----------------------t         version 7
//
//     fragments      a---------f-----------m----------t
//     versions            3       7, 3          7
//
// A key is hidden from a reader at version v if the newest version of its fragment at or below v is above the version
// of the key's entry. The form is canonical: neighbours that touch differ in their versions, so equal sets of hidden
// keys have equal fragments.

/// <summary>The range tombstones of a MemTable or table, ready to be asked what covers a key.</summary>
/// <remarks>Immutable: a change makes a new set that shares almost everything with the old one.</remarks>
internal sealed class RangeTombstoneSet
{
    public static readonly RangeTombstoneSet Empty = new([], 0);

    private readonly RangeTombstoneFragment[] _fragments;

    private RangeTombstoneSet(RangeTombstoneFragment[] fragments, long sizeBytes)
    {
        _fragments = fragments;
        SizeBytes = sizeBytes;
        AssertInvariants();
    }

    public bool IsEmpty => _fragments.Length == 0;

    public int FragmentCount => _fragments.Length;

    public RangeTombstoneFragment this[int index] => _fragments[index];

    /// <summary>From the first key covered to behind the last one; empty when the set is.</summary>
    public KeyRange Span => IsEmpty ? new KeyRange([], []) : new KeyRange(_fragments[0].Begin, _fragments[^1].End);

    /// <summary>The oldest version in it, or 0 when it is empty. Looks at every fragment.</summary>
    public long OldestVersion => IsEmpty ? 0 : _fragments.Min(fragment => fragment.OldestVersion);

    /// <summary>The newest version in it, or 0 when it is empty. Looks at every fragment.</summary>
    public long NewestVersion => IsEmpty ? 0 : _fragments.Max(fragment => fragment.NewestVersion);

    /// <summary>About the memory that the set occupies.</summary>
    public long SizeBytes { get; }

    /// <summary>The set of any tombstones, in any order. Tombstones of empty ranges are left out.</summary>
    public static RangeTombstoneSet Build(IEnumerable<RangeTombstone> tombstones) =>
        FromFragments(RangeTombstoneFragmenter.Fragment(tombstones));

    /// <summary>
    /// The newest version at or below <paramref name="atOrBelow"/> that covers a key, or 0. What is older is hidden.
    /// </summary>
    public long NewestCovering(ReadOnlySpan<byte> key, long atOrBelow) =>
        TryFind(key, out var fragment) ? fragment.NewestAtOrBelow(atOrBelow) : 0;

    /// <summary>Finds the fragment that covers a key.</summary>
    public bool TryFind(
        ReadOnlySpan<byte> key,
        [NotNullWhen(true)] out RangeTombstoneFragment? fragment)
    {
        fragment = null;
        if (IsEmpty)
            return false;
        var index = IndexAtOrBehind(key);
        if (index == _fragments.Length || key.SequenceCompareTo(_fragments[index].Begin) < 0)
            return false;
        fragment = _fragments[index];
        return true;
    }

    /// <summary>The index of the first fragment that ends behind a key: it covers the key or lies behind it.</summary>
    public int IndexAtOrBehind(ReadOnlySpan<byte> key)
    {
        var low = 0;
        var high = _fragments.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (key.SequenceCompareTo(_fragments[middle].End) < 0)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// <summary>
    /// This set and one tombstone more. Copies one array of references and rebuilds the fragments that the range
    /// overlaps; the arrays are kept, not copied.
    /// </summary>
    public RangeTombstoneSet With(byte[] begin, byte[] end, long version)
    {
        if (begin.AsSpan().SequenceCompareTo(end) >= 0)
            return this;
        // The window of fragments that overlap the range, and the two that only touch it and may melt into it.
        var first = IndexAtOrBehind(begin);
        if (first > 0 && _fragments[first - 1].End.AsSpan().SequenceEqual(begin))
            first--;
        var behind = first;
        while (behind < _fragments.Length && _fragments[behind].Begin.AsSpan().SequenceCompareTo(end) <= 0)
            behind++;

        var window = new FragmentList(behind - first + 3);
        window.AddAllWith(_fragments.AsSpan(first, behind - first), begin, end, version);

        var fragments = new RangeTombstoneFragment[_fragments.Length - (behind - first) + window.Count];
        Array.Copy(_fragments, fragments, first);
        window.CopyTo(fragments.AsSpan(first));
        Array.Copy(_fragments, behind, fragments, first + window.Count, _fragments.Length - behind);
        var sizeBytes = SizeBytes - SizeOf(_fragments.AsSpan(first, behind - first))
            + SizeOf(fragments.AsSpan(first, window.Count));
        return new RangeTombstoneSet(fragments, sizeBytes);
    }

    /// <summary>What this set covers inside a range.</summary>
    public RangeTombstoneSet Clip(KeyRange range)
    {
        if (range.IsEmpty)
            return Empty;
        var list = new FragmentList(4);
        for (var index = IndexAtOrBehind(range.Begin); index < _fragments.Length; index++)
        {
            var fragment = _fragments[index];
            if (fragment.Begin.AsSpan().SequenceCompareTo(range.End) >= 0)
                break;
            var begin = fragment.Begin.AsSpan().SequenceCompareTo(range.Begin) < 0 ? range.Begin : fragment.Begin;
            var end = fragment.End.AsSpan().SequenceCompareTo(range.End) > 0 ? range.End : fragment.End;
            list.Add(ReferenceEquals(begin, fragment.Begin) && ReferenceEquals(end, fragment.End)
                ? fragment
                : fragment.WithRange(begin, end));
        }
        return FromFragments(list);
    }

    /// <summary>Drops the versions that no reader can tell from the newer ones kept.</summary>
    /// <param name="boundaries">
    /// Ascending: the versions of the snapshots below the floor, then the floor. Below the last one reading happens at
    /// these versions alone, so that of all versions between two neighbours only the newest matters; above it at any.
    /// </param>
    /// <param name="isBottom">
    /// True if nothing older lies in any level below. Every reader then sees what is at or below the first boundary as
    /// gone, and the compaction that asks drops the hidden entries themselves: those versions vanish too.
    /// </param>
    public RangeTombstoneSet DropUnreadable(ReadOnlySpan<long> boundaries, bool isBottom)
    {
        var list = new FragmentList(_fragments.Length);
        foreach (var fragment in _fragments)
        {
            var versions = ReadableVersions(fragment.Versions, boundaries, isBottom);
            if (versions.Length == fragment.Versions.Length)
                list.Add(fragment);
            else if (versions.Length > 0)
                list.Add(new RangeTombstoneFragment(fragment.Begin, fragment.End, versions));
        }
        return FromFragments(list);
    }

    /// <summary>One tombstone for each version of each fragment, in key order, newest first.</summary>
    public IEnumerable<RangeTombstone> Flatten()
    {
        foreach (var fragment in _fragments)
        {
            foreach (var version in fragment.Versions)
                yield return new RangeTombstone(fragment.Begin, fragment.End, version);
        }
    }

    private static RangeTombstoneSet FromFragments(FragmentList list)
    {
        if (list.Count == 0)
            return Empty;
        var fragments = list.ToArray();
        return new RangeTombstoneSet(fragments, SizeOf(fragments));
    }

    private static long SizeOf(ReadOnlySpan<RangeTombstoneFragment> fragments)
    {
        var sizeBytes = 0L;
        foreach (var fragment in fragments)
            sizeBytes += fragment.SizeBytes;
        return sizeBytes;
    }

    private static long[] ReadableVersions(long[] versions, ReadOnlySpan<long> boundaries, bool isBottom)
    {
        if (boundaries.IsEmpty)
            return versions;
        var kept = new long[versions.Length];
        var count = 0;
        // Versions and stripes are both walked downwards; stripe is the boundary at or above the version at hand.
        var stripe = boundaries.Length;
        foreach (var version in versions)
        {
            var stripeBefore = stripe;
            while (stripe > 0 && boundaries[stripe - 1] >= version)
                stripe--;
            var isNewestOfStripe = stripe != stripeBefore;
            var isAboveAll = stripe == boundaries.Length;
            var isGone = isBottom && stripe == 0;
            if (!isGone && (isAboveAll || isNewestOfStripe))
                kept[count++] = version;
        }
        return count == versions.Length ? versions : kept[..count];
    }

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        for (var index = 0; index < _fragments.Length; index++)
        {
            var fragment = _fragments[index];
            Invariant.That(fragment.Begin.AsSpan().SequenceCompareTo(fragment.End) < 0);
            Invariant.That(fragment.Versions.Length > 0 && fragment.OldestVersion >= 1);
            for (var version = 1; version < fragment.Versions.Length; version++)
                Invariant.That(fragment.Versions[version] < fragment.Versions[version - 1]);
            if (index == 0)
                continue;
            var before = _fragments[index - 1];
            var order = before.End.AsSpan().SequenceCompareTo(fragment.Begin);
            Invariant.That(order < 0 || (order == 0 && !before.Versions.AsSpan().SequenceEqual(fragment.Versions)));
        }
    }
}
