using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

/// <summary>A leaf: boundaries, each with the versions that hold from it to the next one.</summary>
internal sealed class ConflictLeaf(ConflictBuffer scratch) : ConflictNode(scratch)
{
    private SlotArray<WriteVersions> _versions;

    /// <summary>
    /// The newest version that wrote a key before the first boundary, but in the leaf; meaningless, and not newer than
    /// the first boundary, where there is no such key.
    /// </summary>
    public long FirstGap { get; set; }

    public override int BoundaryCount => Count;

    public override long FindNewest()
    {
        var newest = FirstGap;
        foreach (ref readonly var versions in InUse)
            newest = Math.Max(newest, versions.Newest);
        return newest;
    }

    public WriteVersions VersionsAt(int index) => _versions[index];

    private ReadOnlySpan<WriteVersions> InUse => ((ReadOnlySpan<WriteVersions>)_versions)[..Count];

    /// <summary>The newest version that wrote a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long VersionOf(ReadOnlySpan<byte> key)
    {
        var index = Find(key, out var isFound);
        return isFound ? _versions[index].Point : GapBefore(index);
    }

    /// <summary>True if a key of the leaf within the bounds was written after a version.</summary>
    public bool IsWrittenAfter(in KeyBounds bounds, long version)
    {
        var from = 0;
        var begin = FirstGap;
        if (bounds.HasBegin)
        {
            from = Find(bounds.Begin, out var isFound);
            begin = isFound ? 0 : GapBefore(from);
        }
        var to = Count;
        if (bounds.HasEnd)
        {
            to = Find(bounds.End, out var isFound);
#if FERRIS_CHECKED
            isFound &= SeededBugs.Active != SeededBug.ConflictSetEndsBeforeTheLastKey;
#endif
            if (isFound && bounds.IsEndIncluded && _versions[to].Point > version)
                return true;
        }
        if (begin > version)
            return true;
        foreach (ref readonly var versions in InUse[from..to])
        {
            if (versions.Newest > version)
                return true;
        }
        return false;
    }

    /// <summary>
    /// Makes a key a boundary and raises its versions to at least these; true if it was not a boundary before.
    /// </summary>
    public bool Place(ReadOnlySpan<byte> key, long point, long gap)
    {
        var index = Find(key, out var isFound);
        if (isFound)
        {
            ref var versions = ref _versions[index];
            versions = new WriteVersions(Math.Max(versions.Point, point), Math.Max(versions.Gap, gap));
            return false;
        }
        var inForce = GapBefore(index);
        MakeRoom<WriteVersions>(_versions, index, Count);
        InsertKey(index, key);
        _versions[index] = new WriteVersions(Math.Max(inForce, point), Math.Max(inForce, gap));
        return true;
    }

    /// <summary>Gives all keys within the bounds a newer version; returns how many boundaries went.</summary>
    public int Cover(in KeyBounds bounds, long version)
    {
        var from = 0;
        if (bounds.HasBegin)
        {
            from = Find(bounds.Begin, out var isFound) + 1;
            Invariant.That(isFound);
        }
        var to = bounds.HasEnd ? Find(bounds.End, out _) : Count;
        if (from < to)
        {
            CloseHole<WriteVersions>(_versions, from, to, Count);
            RemoveKeys(from, to);
        }
        if (bounds.HasBegin)
            _versions[from - 1] = new WriteVersions(version, version);
        else
            FirstGap = version;
        return to - from;
    }

    /// <summary>
    /// Removes boundaries that nobody can tell from their surroundings if he reads at a version or later; returns how
    /// many.
    /// </summary>
    public int Forget(long oldestVersion)
    {
        var before = Math.Max(FirstGap, oldestVersion);
        var kept = 0;
        for (var index = 0; index < Count; index++)
        {
            var versions = _versions[index];
            var gap = Math.Max(versions.Gap, oldestVersion);
            if (gap == before && Math.Max(versions.Point, oldestVersion) == before)
                continue;
            before = gap;
            if (kept < index)
            {
                MoveKey(index, kept);
                _versions[kept] = versions;
            }
            kept++;
        }
        var removed = Count - kept;
        if (removed > 0)
            Truncate(kept);
        return removed;
    }

    /// <summary>
    /// Moves the upper part to an empty leaf. Returns the key that divides the two; <paramref name="added"/> is about
    /// to be added to one of them.
    /// </summary>
    public ReadOnlySpan<byte> Split(ConflictLeaf right, ReadOnlySpan<byte> added, ConflictBuffer buffer)
    {
        // Keys that come in order leave full leaves behind.
        if (Find(added, out _) == Count)
        {
            right.FirstGap = GapBefore(Count);
            var shortest = added[..(CommonLength(Count - 1, added) + 1)];
            MoveKeysTo(right, Count);
            return shortest;
        }
        var middle = Count / 2;
        var key = CopyKey(middle, buffer);
        var divider = key[..(CommonLength(middle - 1, middle) + 1)];
        right.FirstGap = divider.Length == key.Length ? _versions[middle].Point : _versions[middle - 1].Gap;
        InUse[middle..].CopyTo(right._versions);
        MoveKeysTo(right, middle);
        return divider;
    }

    /// <summary>
    /// Takes in the leaf to the right, whose keys begin with the divider; returns how many boundaries came.
    /// </summary>
    public int Absorb(ConflictLeaf right, ReadOnlySpan<byte> divider, long oldestVersion, ConflictBuffer buffer)
    {
        var before = Count;
        var isBoundary = right.Count > 0 && right.IsKey(0, divider);
        if (!isBoundary && Math.Max(right.FirstGap, oldestVersion) != Math.Max(GapBefore(Count), oldestVersion))
            Append(divider, new WriteVersions(right.FirstGap, right.FirstGap));
        for (var index = 0; index < right.Count; index++)
            Append(right.CopyKey(index, buffer), right._versions[index]);
        return Count - before;
    }

    private void Append(ReadOnlySpan<byte> key, WriteVersions versions)
    {
        InsertKey(Count, key);
        _versions[Count - 1] = versions;
    }

    private long GapBefore(int index) => index == 0 ? FirstGap : _versions[index - 1].Gap;
}
