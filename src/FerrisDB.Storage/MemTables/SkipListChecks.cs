namespace FerrisDB.Storage;

/// <summary>What must hold for a skip list that nobody changes.</summary>
internal static class SkipListChecks
{
    public static void AssertInvariants(SkipList list, long entryCount)
    {
        var below = NodesOf(list, level: 0);
        Invariant.That(below.Count == entryCount);
        AssertOrder(list, below);
        for (var level = 1; level < SkipList.HeightMax; level++)
        {
            var nodes = NodesOf(list, level);
            Invariant.That(level < list.Height || nodes.Count == 0);
            AssertPartOf(nodes, below);
            below = nodes;
        }
    }

    private static List<uint> NodesOf(SkipList list, int level)
    {
        var nodes = new List<uint>();
        for (var node = list.Next(list.Head, level); node != 0; node = list.Next(node, level))
            nodes.Add(node);
        return nodes;
    }

    private static void AssertOrder(SkipList list, List<uint> nodes)
    {
        for (var index = 1; index < nodes.Count; index++)
        {
            var left = list.At(nodes[index - 1]);
            var right = list.At(nodes[index]);
            Invariant.That(InternalKey.Compare(left.Key, left.Tag, right.Key, right.Tag) < 0);
        }
    }

    // Both are in the same order, so one pass decides.
    private static void AssertPartOf(List<uint> nodes, List<uint> below)
    {
        var index = 0;
        foreach (var node in nodes)
        {
            while (index < below.Count && below[index] != node)
                index++;
            Invariant.That(index < below.Count);
        }
    }
}
