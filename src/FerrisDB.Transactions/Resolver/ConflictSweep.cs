namespace FerrisDB.Transactions;

// Goes round the leaves, from left to right and again from the left. In each it removes boundaries whose versions no
// longer matter; then the leaf, if little is left of it, joins the one to its left, and the same for a branch whose
// last child this was. Each write pays for some boundaries to be looked at, several times as many as it has added: so a
// set holds only a fraction more than what still matters, and no write waits for more than one leaf.

/// <summary>Forgets what no longer matters, a leaf at a time.</summary>
internal sealed class ConflictSweep(ConflictTree tree)
{
    // With four times as many looked at as added, at most a third more than what matters stays.
    private const int LooksPerBoundary = 4;
    private const int LeafCost = ConflictNode.SlotCount / 2;

    private const int LevelsMax = 16;
    private const int MergedMax = ConflictNode.SlotCount * 3 / 4;

    private readonly ConflictBuffer _divider = new();
    private readonly ConflictBuffer _key = new();
    private readonly ConflictBuffer _next = new();
    private readonly (ConflictBranch Branch, int Index)[] _path = new (ConflictBranch, int)[LevelsMax];
    private int _nextLength;
    private int _credit;

    /// <summary>Takes credit for what was added, and uses it.</summary>
    public void Pay(int addedBoundaries, long oldestVersion)
    {
        _credit += 1 + (LooksPerBoundary * addedBoundaries);
        if (_credit < LeafCost)
            return;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictSetForgetsTooEarly)
            oldestVersion += 5;
#endif
        _credit -= Math.Max(LeafCost, Step(oldestVersion));
        tree.Pool.Tidy(tree.Root.BoundaryCount);
    }

    // Sweeps the next leaf; returns how many boundaries it had.
    private int Step(long oldestVersion)
    {
        var leaf = Descend(out var depth);
        var looks = leaf.Count;
        var removed = leaf.Forget(oldestVersion);
        if (removed > 0)
        {
            foreach (var (branch, _) in _path.AsSpan(0, depth))
                branch.CountBoundaries(-removed);
            if (depth > 0)
                _path[depth - 1].Branch.Newest(_path[depth - 1].Index) = leaf.FindNewest();
        }
        FindNext(depth);
        Merge(depth, oldestVersion);
        return looks;
    }

    private ConflictLeaf Descend(out int depth)
    {
        var next = _next.Span(_nextLength);
        var node = tree.Root;
        depth = 0;
        while (node is ConflictBranch branch)
        {
            var index = branch.ChildFor(next);
            _path[depth++] = (branch, index);
            node = branch.Child(index);
        }
        return (ConflictLeaf)node;
    }

    private void FindNext(int depth)
    {
        _nextLength = 0;
        for (var level = depth - 1; level >= 0; level--)
        {
            var (branch, index) = _path[level];
            if (index + 1 == branch.ChildCount)
                continue;
            _nextLength = branch.CopyDivider(index + 1, _next).Length;
            return;
        }
    }

    private void Merge(int depth, long oldestVersion)
    {
        for (var level = depth - 1; level >= 0; level--)
        {
            var (branch, index) = _path[level];
            var isLast = index + 1 == branch.ChildCount;
            if (index > 0 && branch.Child(index - 1).Count + branch.Child(index).Count < MergedMax)
                MergeWithLeft(branch, index, level, oldestVersion);
            if (!isLast)
                break;
        }
        while (tree.Root is ConflictBranch { ChildCount: 1 } root)
        {
            tree.Root = root.Child(0);
            tree.Pool.ReturnAlone(root);
        }
    }

    private void MergeWithLeft(ConflictBranch branch, int index, int level, long oldestVersion)
    {
        var divider = branch.CopyDivider(index, _divider);
        var right = branch.Child(index);
        if (branch.Child(index - 1) is ConflictLeaf left)
        {
            var came = left.Absorb((ConflictLeaf)right, divider, oldestVersion, _key) - right.Count;
            foreach (var (above, _) in _path.AsSpan(0, level + 1))
                above.CountBoundaries(came);
            tree.Pool.Return(right);
        }
        else
        {
            var rightBranch = (ConflictBranch)right;
            ((ConflictBranch)branch.Child(index - 1)).Absorb(rightBranch, divider, _key);
            tree.Pool.ReturnAlone(rightBranch);
        }
        branch.Newest(index - 1) = branch.Child(index - 1).FindNewest();
        branch.Remove(index, index + 1);
    }
}
