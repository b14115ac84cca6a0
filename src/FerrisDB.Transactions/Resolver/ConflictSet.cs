using System.Diagnostics;

namespace FerrisDB.Transactions;

// When was this key written last? Two structures know, and whoever asks about a write after a version asks both:
//
//     ConflictPoints    keys that were written by themselves, which is most writes, one behind the other
//     ConflictTree      ranges that were written, as a step function over all keys
//
// Neither needs to know of the other's writes: a key was written after a version if one of them says so.
//
// Between two boundaries of the step function the version does not change:
//
//     write [b, e) at 10, then [d, e) at 12, and [c, d) at 15
//
//     boundary          b          c          d          e
//     version    -------+--- 10 ---+--- 15 ---+--- 12 ---+--- (before 10) ---
//
// Boundaries lie in a B+tree; next to each child is the newest version below it, so that a question about a range looks
// at the two edges of the range only, and one about keys that nobody wrote lately ends above the leaves.
//
// A range whose end is a key and a zero ends with that key: [b, k\0) is what lies between b and k, and k.

/// <summary>Which keys were written when, as far back as a transaction may have read.</summary>
/// <remarks>
/// Not for several threads at once. What it holds it uses again: in the steady state nothing is allocated.
/// </remarks>
internal sealed class ConflictSet
{
    private readonly ConflictPoints _points;
    private readonly ConflictTree _tree;
    private readonly ConflictSweep _sweep;
    private long _newestInTree;
    private int _unchecked; // writes since all invariants were checked

    /// <summary>Starts without knowing what was written at or before a version.</summary>
    /// <param name="version">The oldest one that anybody may have read at.</param>
    /// <param name="limits">Only tests choose.</param>
    public ConflictSet(long version, ConflictLimits? limits = null)
    {
        OldestVersion = version;
        NewestVersion = version;
        _newestInTree = version;
        _points = new ConflictPoints(version, limits ?? ConflictLimits.Default);
        _tree = new ConflictTree(version);
        _sweep = new ConflictSweep(_tree);
    }

    /// <summary>Writes after this version are known; whoever read before it gets no answer.</summary>
    public long OldestVersion { get; private set; }

    /// <summary>The version of the last write.</summary>
    public long NewestVersion { get; private set; }

    /// <summary>Keys at which versions change: what the set needs memory for.</summary>
    public int BoundaryCount => _points.KeyCount + _tree.Root.BoundaryCount;

    /// <summary>The single keys, for checks.</summary>
    public ConflictPoints Points => _points;

    /// <summary>The tree, for checks.</summary>
    public ConflictTree Tree => _tree;

    /// <summary>True if a key was written after a version, which is not older than the oldest one.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> key, long readVersion)
    {
        Invariant.That(readVersion >= OldestVersion);
        if (_points.IsWrittenAfter(key, readVersion))
            return true;
        if (_newestInTree <= readVersion)
            return false;
        var node = _tree.Root;
        while (node is ConflictBranch branch)
        {
            var index = branch.ChildFor(key);
            if (branch.Newest(index) <= readVersion)
                return false;
            node = branch.Child(index);
        }
        return ((ConflictLeaf)node).VersionOf(key) > readVersion;
    }

    /// <summary>
    /// True if any key of a range was written after a version, which is not older than the oldest one. An empty range
    /// was never written.
    /// </summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long readVersion)
    {
        Invariant.That(readVersion >= OldestVersion);
        if (begin.SequenceCompareTo(end) >= 0)
            return false;
        if (_points.IsWrittenAfter(begin, end, readVersion))
            return true;
        if (_newestInTree <= readVersion)
            return false;
        var bounds = end[^1] == 0 ? KeyBounds.Through(begin, end[..^1]) : KeyBounds.Between(begin, end);
        return IsWrittenAfter(_tree.Root, bounds, readVersion);
    }

    /// <summary>Notes that a key was written, at a version that is not older than any before.</summary>
    public void AddPoint(ReadOnlySpan<byte> key, long version)
    {
        Advance(version);
        _points.Add(key, version);
        // What ranges have left in the tree goes while points come.
        if (_tree.Root.BoundaryCount > 0)
            _sweep.Pay(0, OldestVersion);
    }

    /// <summary>
    /// Notes that all keys of a range were written, at a version that is not older than any before. Nothing happens if
    /// the range is empty.
    /// </summary>
    public void Add(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        if (end.Length == begin.Length + 1 && end[^1] == 0 && end.StartsWith(begin))
        {
            AddPoint(begin, version);
            return;
        }
        Advance(version);
        _newestInTree = version;
        var added = _tree.Place(end, long.MinValue) ? 1 : 0;
        added += _tree.Place(begin, version) ? 1 : 0;
        _tree.Cover(begin, end, version);
        _sweep.Pay(added, OldestVersion);
    }

    /// <summary>
    /// Says that nobody who read before a version will ask any more. What is not needed then goes little by little, as
    /// writes come.
    /// </summary>
    public void Forget(long oldestVersion)
    {
        Invariant.That(oldestVersion >= OldestVersion);
        OldestVersion = oldestVersion;
        _points.Forget(oldestVersion);
        NewestVersion = Math.Max(NewestVersion, oldestVersion);
        AssertInvariants();
    }

    private void Advance(long version)
    {
        Invariant.That(version >= NewestVersion);
        NewestVersion = version;
        _unchecked++;
    }

    private static bool IsWrittenAfter(ConflictNode node, in KeyBounds bounds, long version)
    {
        if (node is not ConflictBranch branch)
            return ((ConflictLeaf)node).IsWrittenAfter(bounds, version);
        var first = branch.FirstWithin(bounds);
        var last = branch.LastWithin(bounds);
        if (first == last)
            return branch.Newest(first) > version && IsWrittenAfter(branch.Child(first), bounds, version);

        // Children that lie within the range as a whole are asked for nothing more.
        var from = bounds.HasBegin ? first + 1 : first;
        var to = bounds.HasEnd ? last : last + 1;
        if (branch.NewestBetween(from, to) > version)
            return true;
        return (from > first && IsChildWrittenAfter(branch, first, bounds.WithoutEnd(), version))
            || (to == last && IsChildWrittenAfter(branch, last, bounds.WithoutBegin(), version));
    }

    private static bool IsChildWrittenAfter(ConflictBranch branch, int index, in KeyBounds bounds, long version) =>
        branch.Newest(index) > version && IsWrittenAfter(branch.Child(index), bounds, version);

    // Of the whole tree, so not each time: a set of a million boundaries must not make its tests slow.
    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        if (_unchecked < BoundaryCount)
            return;
        _unchecked = 0;
        ConflictSetChecks.AssertInvariants(this);
    }
}
