using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

/// <summary>A leaf: boundaries, each with the version that holds from it to the next one.</summary>
internal sealed class ConflictLeaf(ConflictBuffer scratch) : ConflictNode(scratch)
{
    private SlotArray<long> _versions;

    /// <summary>
    /// The newest version that wrote a key before the first boundary, but in the leaf; meaningless, and not newer than
    /// the first boundary, where there is no such key.
    /// </summary>
    public long FirstVersion { get; set; }

    public override int BoundaryCount => Count;

    public override long FindNewest()
    {
        var newest = FirstVersion;
        foreach (var version in InUse)
            newest = Math.Max(newest, version);
        return newest;
    }

    public long VersionAt(int index) => _versions[index];

    private ReadOnlySpan<long> InUse => ((ReadOnlySpan<long>)_versions)[..Count];

    /// <summary>The newest version that wrote a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long VersionOf(ReadOnlySpan<byte> key)
    {
        var index = Find(key, out var isFound);
        return isFound ? _versions[index] : VersionBefore(index);
    }

    /// <summary>True if a key of the leaf within the bounds was written after a version.</summary>
    public bool IsWrittenAfter(in KeyBounds bounds, long version)
    {
        var from = 0;
        var begin = FirstVersion;
        if (bounds.HasBegin)
        {
            from = Find(bounds.Begin, out var isFound);
            begin = isFound ? 0 : VersionBefore(from);
        }
        var to = Count;
        if (bounds.HasEnd)
        {
            to = Find(bounds.End, out var isFound);
#if FERRIS_CHECKED
            isFound &= SeededBugs.Active != SeededBug.ConflictSetEndsBeforeTheLastKey;
#endif
            if (isFound && bounds.IsEndIncluded && _versions[to] > version)
                return true;
        }
        if (begin > version)
            return true;
        foreach (var each in InUse[from..to])
        {
            if (each > version)
                return true;
        }
        return false;
    }

    /// <summary>
    /// Makes a key a boundary and raises its version to at least this; true if it was not a boundary before.
    /// </summary>
    public bool Place(ReadOnlySpan<byte> key, long version)
    {
        var index = Find(key, out var isFound);
        if (isFound)
        {
            _versions[index] = Math.Max(_versions[index], version);
            return false;
        }
        var inForce = VersionBefore(index);
        MakeRoom<long>(_versions, index, Count);
        InsertKey(index, key);
        _versions[index] = Math.Max(inForce, version);
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
            CloseHole<long>(_versions, from, to, Count);
            RemoveKeys(from, to);
        }
        if (bounds.HasBegin)
            _versions[from - 1] = version;
        else
            FirstVersion = version;
        return to - from;
    }

    /// <summary>
    /// Removes boundaries that nobody can tell from their surroundings if he reads at a version or later; returns how
    /// many.
    /// </summary>
    public int Forget(long oldestVersion)
    {
        var before = Math.Max(FirstVersion, oldestVersion);
        var kept = 0;
        for (var index = 0; index < Count; index++)
        {
            var version = _versions[index];
            var known = Math.Max(version, oldestVersion);
            if (known == before)
                continue;
            before = known;
            if (kept < index)
            {
                MoveKey(index, kept);
                _versions[kept] = version;
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
            right.FirstVersion = VersionBefore(Count);
            var shortest = added[..(CommonLength(Count - 1, added) + 1)];
            MoveKeysTo(right, Count);
            return shortest;
        }
        var middle = Count / 2;
        var key = CopyKey(middle, buffer);
        var divider = key[..(CommonLength(middle - 1, middle) + 1)];
        right.FirstVersion = divider.Length == key.Length ? _versions[middle] : _versions[middle - 1];
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
        if (!isBoundary && Math.Max(right.FirstVersion, oldestVersion) != Math.Max(VersionBefore(Count), oldestVersion))
            Append(divider, right.FirstVersion);
        for (var index = 0; index < right.Count; index++)
            Append(right.CopyKey(index, buffer), right._versions[index]);
        return Count - before;
    }

    private void Append(ReadOnlySpan<byte> key, long version)
    {
        InsertKey(Count, key);
        _versions[Count - 1] = version;
    }

    private long VersionBefore(int index) => index == 0 ? FirstVersion : _versions[index - 1];
}
