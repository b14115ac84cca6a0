namespace FerrisDB.Transactions;

/// <summary>What must hold for a conflict set between two calls.</summary>
internal static class ConflictSetChecks
{
    public static void AssertInvariants(ConflictSet set)
    {
        var depth = DepthOf(set.Tree.Root);
        byte[]? last = null;
        AssertNode(set, set.Tree.Root, depth, low: [], high: null, ref last);
        AssertPoints(set);
    }

    private static void AssertPoints(ConflictSet set)
    {
        var keys = 0;
        var newest = long.MinValue;
        foreach (var period in set.Points.Periods)
        {
            AssertPeriod(period, ref newest);
            keys += period.KeyCount;
        }
        Invariant.Checked(keys == set.Points.KeyCount, $"{keys} keys, not {set.Points.KeyCount}");
        Invariant.Checked(newest <= set.NewestVersion, $"a key is newer than the set");
    }

    private static void AssertPeriod(ConflictPeriod period, ref long newest)
    {
        var versions = new Dictionary<string, long>();
        var keys = 0;
        foreach (ref readonly var entry in period.Entries)
        {
            Invariant.Checked(entry.Version >= newest, $"version {entry.Version} comes behind {newest}");
            newest = entry.Version;
            versions[Convert.ToHexString(period.KeyOf(entry))] = entry.Version;
            keys += entry.IsSuperseded ? 0 : 1;
        }
        Invariant.Checked(keys == period.KeyCount, $"{keys} keys, not {period.KeyCount}");
        foreach (ref readonly var entry in period.Entries)
        {
            var key = period.KeyOf(entry);
            var version = versions[Convert.ToHexString(key)];
            Invariant.Checked(
                version > entry.Version || !entry.IsSuperseded, $"the last write of {Text(key.ToArray())} goes");
            var hash = ConflictPoints.HashOf(key);
            Invariant.Checked(
                period.Look(key, hash, version - 1, out _), $"{Text(key.ToArray())} is not found at {version}");
            Invariant.Checked(
                !period.Look(key, hash, version, out _), $"{Text(key.ToArray())} is found behind {version}");
        }
    }

    private static int DepthOf(ConflictNode node)
    {
        var depth = 0;
        for (; node is ConflictBranch branch; depth++)
            node = branch.Child(0);
        return depth;
    }

    private static void AssertNode(
        ConflictSet set, ConflictNode node, int depth, byte[] low, byte[]? high, ref byte[]? last)
    {
        var keys = KeysOf(node);
        for (var index = 0; index < keys.Length; index++)
        {
            Invariant.Checked(Compare(low, keys[index]) <= 0, $"{Text(keys[index])} is before its node");
            Invariant.Checked(
                high is null || Compare(keys[index], high) < 0, $"{Text(keys[index])} is behind its node");
            Invariant.Checked(
                index == 0 || Compare(keys[index - 1], keys[index]) < 0, $"{Text(keys[index])} is out of order");
            var place = node.Find(keys[index], out var isFound);
            Invariant.Checked(isFound && place == index, $"{Text(keys[index])} is not found in its place");
        }
        if (node is ConflictBranch branch)
        {
            AssertBranch(set, branch, keys, depth, low, high, ref last);
            return;
        }
        Invariant.Checked(depth == 0, $"a leaf is {depth} levels above the others");
        AssertLeaf(set, (ConflictLeaf)node, keys, low);
        if (keys.Length > 0)
        {
            Invariant.Checked(last is null || Compare(last, keys[0]) < 0, $"{Text(keys[0])} is in two leaves");
            last = keys[^1];
        }
    }

    private static void AssertBranch(
        ConflictSet set, ConflictBranch branch, byte[][] keys, int depth, byte[] low, byte[]? high, ref byte[]? last)
    {
        Invariant.Checked(depth > 0, $"a branch is as deep as the leaves");
        var boundaries = 0;
        for (var index = 0; index < branch.ChildCount; index++)
        {
            var child = branch.Child(index);
            boundaries += child.BoundaryCount;
            // What nobody may ask about any more need not be exact.
            var newest = Math.Max(child.FindNewest(), set.OldestVersion);
            var noted = Math.Max(branch.Newest(index), set.OldestVersion);
            Invariant.Checked(newest == noted, $"a child's newest version is {newest}, noted as {noted}");
            AssertNode(
                set,
                child,
                depth - 1,
                index == 0 ? low : keys[index - 1],
                index == keys.Length ? high : keys[index],
                ref last);
        }
        Invariant.Checked(boundaries == branch.BoundaryCount, $"{branch.BoundaryCount} boundaries, not {boundaries}");
    }

    private static void AssertLeaf(ConflictSet set, ConflictLeaf leaf, byte[][] keys, byte[] low)
    {
        if (keys.Length > 0 && Compare(low, keys[0]) == 0)
            Invariant.Checked(leaf.FirstVersion <= leaf.VersionAt(0), $"keys that are not there are too new");
        Invariant.Checked(leaf.FindNewest() <= set.NewestVersion, $"a leaf is newer than the set");
    }

    private static byte[][] KeysOf(ConflictNode node)
    {
        var buffer = new ConflictBuffer();
        var keys = new byte[node.Count][];
        for (var index = 0; index < keys.Length; index++)
            keys[index] = node.CopyKey(index, buffer).ToArray();
        return keys;
    }

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);

    private static string Text(byte[] key) => KeyText.Of(key);
}
