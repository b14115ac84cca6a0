using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Most of a database lies in one run, so a cursor mostly shows many entries of one table before another run has its
// turn. While it does, there is nothing to decide:
//
//     the run in front    a . c d e f g h . j k . m       one block of a table, all entries of it visible
//     the runner-up       . . . . . . . . i . . . .       its key is the bound
//                         ^           ^   ^
//                         begins      |   beyond the bound: the merge decides
//                                     each step: decode, compare eight bytes with the bound
//
// What holds on a streak: the merge stands on the entry that is shown, in both directions; the block has no other
// version of its key, and no other run has one, since the key is strictly on the near side of the bound.

/// <summary>Entries of one block that can be shown one after the other without asking the merge.</summary>
internal struct Streak
{
    private SSTableCursor? _table; // null: there is no streak
    private ulong _bound; // 8 bytes of the bound behind what all keys of the block have in common
    private int _boundAt; // where they begin
    private bool _isBounded;
    private bool _isBoundOwn; // the bound is the caller's, not the runner-up's key

    /// <summary>The table to show the entry of, or null if there is no streak.</summary>
    public readonly SSTableCursor? Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _table;
    }

    public void End() => _table = null;

    /// <summary>
    /// Looks whether a streak begins at the entry of the merge, which is to be shown. If so, it is the only version.
    /// </summary>
    public void BeginForward(MergingCursor merge, long version, byte[]? upper)
    {
        _table = null;
        var table = merge.Table;
        if (table is null || !table.IsAllVisible(version))
            return;
        _isBoundOwn = upper is not null
            && (!HasRunnerUp(merge) || upper.AsSpan().SequenceCompareTo(merge.RunnerUpKey) < 0);
        _isBounded = upper is not null || HasRunnerUp(merge);
        if (_isBounded && !TakeBound(table, BoundKey(merge, upper), isForward: true))
            return;
        _table = table;
    }

    /// <summary>As <see cref="BeginForward"/>; the merge stands on the oldest version of the key.</summary>
    public bool TryBeginBackward(MergingCursor merge, long version, byte[]? lower)
    {
        _table = null;
        var table = merge.Table;
        // The block before may end with a newer version of this one's first key.
        if (table is null || table.Place.Index == 0 || !table.IsAllVisible(version))
            return false;
        _isBoundOwn = lower is not null
            && (!HasRunnerUp(merge) || lower.AsSpan().SequenceCompareTo(merge.RunnerUpKey) > 0);
        _isBounded = lower is not null || HasRunnerUp(merge);
        if (_isBounded && !TakeBound(table, BoundKey(merge, lower), isForward: false))
            return false;
        _table = table;
        return true;
    }

    /// <summary>Moves to the next entry. If that is not part of the streak, the streak is over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreakStep Next(MergingCursor merge, byte[]? upper)
    {
        ref var place = ref _table!.Place;
        if (!place.TryNext())
            return StreakStep.AtEndOfBlock;
        if (!_isBounded)
            return StreakStep.Shown;
        var prefix = place.PrefixFrom(_boundAt);
        if (prefix < _bound || (prefix == _bound && place.Key.SequenceCompareTo(BoundKey(merge, upper)) < 0))
            return StreakStep.Shown;
        return StreakStep.BeyondBound;
    }

    /// <summary>Moves to the entry before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreakStep Previous(MergingCursor merge, byte[]? lower)
    {
        ref var place = ref _table!.Place;
        if (place.Index <= 1)
            return StreakStep.AtEndOfBlock;
        place.Back();
        if (!_isBounded)
            return StreakStep.Shown;
        var prefix = place.PrefixFrom(_boundAt);
        if (prefix > _bound || (prefix == _bound && IsBehind(place.Key, BoundKey(merge, lower))))
            return StreakStep.Shown;
        return StreakStep.BeyondBound;
    }

    private static bool HasRunnerUp(MergingCursor merge)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.StreakIgnoresOtherRuns)
            return false;
#endif
        return merge.HasRunnerUp;
    }

    private readonly ReadOnlySpan<byte> BoundKey(MergingCursor merge, byte[]? own) =>
        _isBoundOwn ? own : merge.RunnerUpKey;

    // The lower bound itself is shown.
    private readonly bool IsBehind(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bound) =>
        key.SequenceCompareTo(bound) >= (_isBoundOwn ? 0 : 1);

    // The entry to show is never beyond the bound, but it may be another version of the key that is the bound.
    private bool TakeBound(SSTableCursor table, ReadOnlySpan<byte> bound, bool isForward)
    {
        var key = table.Place.Key;
        var order = key.SequenceCompareTo(bound);
        if (order == 0 && !(_isBoundOwn && !isForward))
            return false;
        Invariant.That(isForward ? order < 0 : order >= 0);
        _boundAt = table.CommonSize;
        _isBounded = bound.Length >= _boundAt && key[.._boundAt].SequenceEqual(bound[.._boundAt]);
        if (_isBounded)
            _bound = InternalKey.PrefixOf(bound[_boundAt..]);
        return true;
    }
}

/// <summary>Where a step of a <see cref="Streak"/> has led.</summary>
internal enum StreakStep
{
    /// <summary>To the entry to show.</summary>
    Shown,

    /// <summary>To an entry of the same run, behind one of another: the merge has to be told.</summary>
    BeyondBound,

    /// <summary>Nowhere: the cursor stands where it stood.</summary>
    AtEndOfBlock,
}
