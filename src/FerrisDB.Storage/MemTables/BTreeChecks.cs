namespace FerrisDB.Storage;

/// <summary>What must hold for a B+tree that nobody changes.</summary>
internal static class BTreeChecks
{
    public static void AssertInvariants(BTree tree, long entryCount)
    {
        for (var level = 0; level < tree.Height; level++)
        {
            var nodes = tree.NodesOf(level);
            AssertBounds(tree, nodes);
            foreach (var node in nodes)
                AssertNode(tree, tree.At(node), level);
        }
        var leaves = tree.NodesOf(level: 0);
        AssertLinks(tree, leaves);
        AssertOrder(tree, [.. leaves.SelectMany(tree.ContentOf)], entryCount);
        AssertMarks(tree, leaves);
    }

    // Bounds ascend, and what a node holds directly is at or behind its own and before the next one's.
    private static void AssertBounds(BTree tree, List<uint> nodes)
    {
        for (var index = 0; index < nodes.Count; index++)
        {
            var node = tree.At(nodes[index]);
            Invariant.That(node.Low == 0 == (index == 0));
            foreach (var offset in tree.ContentOf(nodes[index]))
            {
                var (entry, tag) = node.Level == 0 ? (offset, tree.EntryAt(offset).Tag) : LowOf(tree, offset);
                if (entry == 0)
                    continue;
                var key = new SearchKey(tree.EntryAt(entry).Key, tag);
                Invariant.That(!tree.IsLowBehind(nodes[index], key));
                Invariant.That(index + 1 == nodes.Count || tree.IsLowBehind(nodes[index + 1], key));
            }
        }
    }

    // Windows ascend and fit their keys; nothing follows the last slot; only an empty tree has an empty node.
    private static void AssertNode(BTree tree, BTreeNode node, int level)
    {
        Invariant.That(node.Level == level);
        Invariant.That(node.Count > 0 || (level == 0 && node.Next == 0 && node.Previous == 0));
        for (var index = 0; index < BTreeNode.SlotCount; index++)
        {
            var slot = node.Slot(index);
            Invariant.That(slot == BTreeNode.Unused == (index >= node.Count));
            if (slot == BTreeNode.Unused)
                continue;
            var offset = BTreeNode.OffsetOf(slot);
            var entry = level == 0 ? offset : tree.At(offset).Low;
            var window = entry == 0 ? 0 : node.WindowOf(new SearchKey(tree.EntryAt(entry).Key, EntryTag.First), tree);
            Invariant.That(BTreeNode.WindowOf(slot) == window);
            Invariant.That(index == 0 || BTreeNode.WindowOf(node.Slot(index - 1)) <= window);
        }
    }

    // Links lead through the same leaves as the levels above, both ways.
    private static void AssertLinks(BTree tree, List<uint> leaves)
    {
        for (var index = 0; index < leaves.Count; index++)
        {
            var leaf = tree.At(leaves[index]);
            Invariant.That(leaf.Next == (index + 1 < leaves.Count ? leaves[index + 1] : 0));
            Invariant.That(leaf.Previous == (index > 0 ? leaves[index - 1] : 0));
        }
    }

    private static void AssertOrder(BTree tree, List<uint> entries, long entryCount)
    {
        Invariant.That(entries.Count == entryCount);
        for (var index = 1; index < entries.Count; index++)
        {
            var left = tree.EntryAt(entries[index - 1]);
            var right = tree.EntryAt(entries[index]);
            Invariant.That(InternalKey.Compare(left.Key, left.Tag, right.Key, right.Tag) < 0);
        }
    }

    // A marked entry has the key of the one before it. One that is not marked has another, or is the first of a leaf.
    private static void AssertMarks(BTree tree, List<uint> leaves)
    {
        var last = 0U;
        foreach (var leaf in leaves)
        {
            for (var index = 0; index < tree.At(leaf).Count; index++)
            {
                var slot = tree.At(leaf).Slot(index);
                var entry = BTreeNode.OffsetOf(slot);
                var isOlder = last != 0 && tree.EntryAt(last).Key.SequenceEqual(tree.EntryAt(entry).Key);
                Invariant.That(BTreeNode.IsOlderOrUnused(slot) == isOlder || (isOlder && index == 0));
                last = entry;
            }
        }
    }

    private static (uint Entry, EntryTag Tag) LowOf(BTree tree, uint node) =>
        (tree.At(node).Low, tree.At(node).LowTag);
}
