namespace FerrisDB.Transactions;

/// <summary>The B+tree of a <see cref="ConflictSet"/>: how boundaries come into it.</summary>
internal sealed class ConflictTree
{
    // With 64 slots to a node, more than memory can hold.
    private const int LevelsMax = 16;

    private readonly ConflictBuffer _divider = new();
    private readonly ConflictBranch[] _path = new ConflictBranch[LevelsMax];

    public ConflictTree(long version)
    {
        Pool = new ConflictNodePool(new ConflictBuffer());
        var leaf = Pool.RentLeaf();
        leaf.FirstVersion = version;
        Root = leaf;
    }

    public ConflictNodePool Pool { get; }

    public ConflictNode Root { get; set; }

    /// <summary>
    /// Makes a key a boundary and raises its version to at least this; true if it was not a boundary before.
    /// </summary>
    public bool Place(ReadOnlySpan<byte> key, long version)
    {
        if (Root.IsFull)
            Grow(key);
        var node = Root;
        var depth = 0;
        while (node is ConflictBranch branch)
        {
            var index = branch.ChildFor(key);
            // Split on the way down: so there is room in the branch above, always.
            if (branch.Child(index).IsFull)
            {
                SplitChild(branch, index, key);
                index = branch.ChildFor(key);
            }
            ref var newest = ref branch.Newest(index);
            newest = Math.Max(newest, version);
            _path[depth++] = branch;
            node = branch.Child(index);
        }
        if (!((ConflictLeaf)node).Place(key, version))
            return false;
        foreach (var branch in _path.AsSpan(0, depth))
            branch.CountBoundaries(1);
        return true;
    }

    /// <summary>
    /// Gives all keys from one boundary on to another one a version that is not older than any; the boundaries in
    /// between go.
    /// </summary>
    public void Cover(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version) =>
        Cover(Root, KeyBounds.Between(begin, end), version);

    private int Cover(ConflictNode node, in KeyBounds bounds, long version)
    {
        if (node is not ConflictBranch branch)
            return ((ConflictLeaf)node).Cover(bounds, version);
        var first = branch.FirstWithin(bounds);
        var last = branch.LastWithin(bounds);
        int removed;
        if (first == last)
        {
            removed = CoverChild(branch, first, bounds, version);
        }
        else
        {
            removed = bounds.HasBegin ? CoverChild(branch, first, bounds.WithoutEnd(), version) : 0;
            removed += bounds.HasEnd ? CoverChild(branch, last, bounds.WithoutBegin(), version) : 0;
            removed += RemoveChildren(branch, bounds.HasBegin ? first + 1 : first, bounds.HasEnd ? last : last + 1);
        }
        branch.CountBoundaries(-removed);
        return removed;
    }

    private int CoverChild(ConflictBranch branch, int index, in KeyBounds bounds, long version)
    {
        branch.Newest(index) = version;
        return Cover(branch.Child(index), bounds, version);
    }

    private int RemoveChildren(ConflictBranch branch, int from, int to)
    {
        var removed = 0;
        for (var index = from; index < to; index++)
        {
            removed += branch.Child(index).BoundaryCount;
            Pool.Return(branch.Child(index));
        }
        if (from < to)
            branch.Remove(from, to);
        return removed;
    }

    private void Grow(ReadOnlySpan<byte> key)
    {
        var root = Pool.RentBranch();
        root.Start(Root);
        SplitChild(root, 0, key);
        Root = root;
    }

    private void SplitChild(ConflictBranch branch, int index, ReadOnlySpan<byte> key)
    {
        ConflictNode right;
        ReadOnlySpan<byte> divider;
        if (branch.Child(index) is ConflictLeaf leaf)
        {
            var rightLeaf = Pool.RentLeaf();
            divider = leaf.Split(rightLeaf, key, _divider);
            right = rightLeaf;
        }
        else
        {
            var rightBranch = Pool.RentBranch();
            divider = ((ConflictBranch)branch.Child(index)).Split(rightBranch, key, _divider);
            right = rightBranch;
        }
        branch.Insert(index + 1, divider, right, right.FindNewest());
        branch.Newest(index) = branch.Child(index).FindNewest();
    }
}
