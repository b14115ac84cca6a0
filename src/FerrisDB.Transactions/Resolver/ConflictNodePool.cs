namespace FerrisDB.Transactions;

/// <summary>Nodes to use again, so that a set which does not grow allocates nothing.</summary>
/// <remarks>
/// A write of a large range cuts whole subtrees off; they are kept as they are and taken apart a node at a time, so
/// that no write takes long.
/// </remarks>
internal sealed class ConflictNodePool(ConflictBuffer scratch)
{
    private const int KeptNodesMin = 256;
    private const int BoundariesPerKeptNode = 32;

    private readonly Stack<ConflictLeaf> _leaves = new(KeptNodesMin);
    private readonly Stack<ConflictBranch> _branches = new();
    private readonly Stack<ConflictBranch> _subtrees = new();

    private int _keptNodes = KeptNodesMin;

    public ConflictLeaf RentLeaf()
    {
        while (_leaves.Count == 0 && _subtrees.Count > 0)
            TakeApartOne();
        return _leaves.TryPop(out var leaf) ? leaf : new ConflictLeaf(scratch);
    }

    public ConflictBranch RentBranch()
    {
        if (_branches.Count == 0)
            TakeApartOne();
        return _branches.TryPop(out var branch) ? branch : new ConflictBranch(scratch);
    }

    /// <summary>Takes a node and all below it.</summary>
    public void Return(ConflictNode node)
    {
        if (node is ConflictBranch branch)
        {
            _subtrees.Push(branch);
            return;
        }
        if (_leaves.Count >= _keptNodes)
            return;
        node.Clear();
        _leaves.Push((ConflictLeaf)node);
    }

    /// <summary>Takes a branch whose children live on elsewhere.</summary>
    public void ReturnAlone(ConflictBranch branch)
    {
        branch.Clear();
        _branches.Push(branch);
    }

    /// <summary>Does a bounded part of what there is to do, and gives away a node too many.</summary>
    public void Tidy(int boundaryCount)
    {
        TakeApartOne();
        _keptNodes = KeptNodesMin + (boundaryCount / BoundariesPerKeptNode);
        if (_leaves.Count > _keptNodes)
            _leaves.Pop();
        if (_branches.Count > _keptNodes)
            _branches.Pop();
    }

    private void TakeApartOne()
    {
        if (!_subtrees.TryPop(out var branch))
            return;
        for (var index = 0; index < branch.ChildCount; index++)
            Return(branch.Child(index));
        ReturnAlone(branch);
    }
}
