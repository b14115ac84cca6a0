namespace FerrisDB.Transactions;

// Between two children is a key that divides them, the first one that may be in the right one:
//
//     keys           d       m       s
//     children   a..c    d..l    m..r    s..z
//     newest       7       3       9       4

/// <summary>A node above the leaves: children, each with the newest version below it.</summary>
internal sealed class ConflictBranch(ConflictBuffer scratch) : ConflictNode(scratch)
{
    private SlotArray<ConflictNode?> _children;
    private SlotArray<long> _newest;
    private int _boundaryCount;

    public int ChildCount => Count + 1;

    public override int BoundaryCount => _boundaryCount;

    public override long FindNewest() => NewestBetween(0, ChildCount);

    public ConflictNode Child(int index) => _children[index]!;

    public ref long Newest(int index) => ref _newest[index];

    /// <summary>The newest version of some children; the oldest possible one for none.</summary>
    public long NewestBetween(int from, int to)
    {
        var newest = long.MinValue;
        foreach (var each in ((ReadOnlySpan<long>)_newest)[from..to])
            newest = Math.Max(newest, each);
        return newest;
    }

    /// <summary>The child that a key belongs to.</summary>
    public int ChildFor(ReadOnlySpan<byte> key)
    {
        var index = Find(key, out var isFound);
        return isFound ? index + 1 : index;
    }

    /// <summary>The first child that has keys within the bounds.</summary>
    public int FirstWithin(in KeyBounds bounds) => bounds.HasBegin ? ChildFor(bounds.Begin) : 0;

    /// <summary>The last child that has keys within the bounds.</summary>
    public int LastWithin(in KeyBounds bounds) =>
        !bounds.HasEnd ? Count
        : bounds.IsEndIncluded ? ChildFor(bounds.End)
        : Find(bounds.End, out _);

    /// <summary>Copies the key that divides a child from the one to its left.</summary>
    public ReadOnlySpan<byte> CopyDivider(int child, ConflictBuffer buffer) => CopyKey(child - 1, buffer);

    public void CountBoundaries(int change) => _boundaryCount += change;

    /// <summary>Gives an empty branch its first child.</summary>
    public void Start(ConflictNode child)
    {
        Invariant.That(Count == 0);
        _children[0] = child;
        _newest[0] = child.FindNewest();
        _boundaryCount = child.BoundaryCount;
    }

    /// <summary>Adds a child that takes over the keys of the one to its left from the divider on.</summary>
    public void Insert(int index, ReadOnlySpan<byte> divider, ConflictNode child, long newest)
    {
        MakeRoom<ConflictNode?>(_children, index, ChildCount);
        MakeRoom<long>(_newest, index, ChildCount);
        InsertKey(index - 1, divider);
        _children[index] = child;
        _newest[index] = newest;
    }

    /// <summary>
    /// Removes children, whose keys go to the one to their left, or to the right if there is none. What becomes of the
    /// children is up to the caller.
    /// </summary>
    public void Remove(int from, int to)
    {
        Invariant.That(to - from < ChildCount);
        CloseHole<ConflictNode?>(_children, from, to, ChildCount);
        CloseHole<long>(_newest, from, to, ChildCount);
        ((Span<ConflictNode?>)_children)[(ChildCount - (to - from))..ChildCount].Clear();
        if (from == 0)
            RemoveKeys(0, to);
        else
            RemoveKeys(from - 1, to - 1);
    }

    public override void Clear()
    {
        ((Span<ConflictNode?>)_children)[..ChildCount].Clear();
        _boundaryCount = 0;
        base.Clear();
    }

    /// <summary>Moves the upper children to an empty branch. Returns the key that divides the two.</summary>
    public ReadOnlySpan<byte> Split(ConflictBranch right, ReadOnlySpan<byte> added, ConflictBuffer buffer)
    {
        // Keys that come in order leave full branches behind.
        var middle = ChildFor(added) == Count ? Count : ChildCount / 2;
        var divider = CopyDivider(middle, buffer);
        var moved = ((Span<ConflictNode?>)_children)[middle..ChildCount];
        moved.CopyTo(right._children);
        moved.Clear();
        ((Span<long>)_newest)[middle..ChildCount].CopyTo(right._newest);
        MoveKeysTo(right, middle);
        Truncate(middle - 1);
        for (var index = 0; index < right.ChildCount; index++)
            right._boundaryCount += right.Child(index).BoundaryCount;
        _boundaryCount -= right._boundaryCount;
        return divider;
    }

    /// <summary>Takes in the branch to the right, whose keys begin with the divider.</summary>
    public void Absorb(ConflictBranch right, ReadOnlySpan<byte> divider, ConflictBuffer buffer)
    {
        Insert(ChildCount, divider, right.Child(0), right._newest[0]);
        for (var index = 1; index < right.ChildCount; index++)
            Insert(ChildCount, right.CopyDivider(index, buffer), right.Child(index), right._newest[index]);
        _boundaryCount += right._boundaryCount;
    }
}
