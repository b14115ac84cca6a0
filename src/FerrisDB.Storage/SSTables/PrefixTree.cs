using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// Sorted prefixes, and above them every 16th one, and so on, so that a search compares with 16 neighbours at a time and
// touches two cache lines of each level:
//
//     level 2                                                 15 prefixes                               1 node
//     level 1      the last prefix of each node below         247 prefixes                             16 nodes
//     level 0      all                                        3943 prefixes                           247 nodes
//
// How many prefixes of a level are below the wanted one says which node of the level under it to look into. There are
// no branches except one for each level. Prefixes are stored with their top bit flipped, because vectors compare signed
// numbers; every level ends with at least one that is above all others.

/// <summary>Counts how many of many sorted prefixes are below a given one, in native memory of its owner.</summary>
internal readonly unsafe struct PrefixTree
{
    public const int NodeSize = 16;

    private const ulong TopBit = 1UL << 63;
    private const int LevelsMax = 8;

    private readonly long* _prefixes;
    private readonly int _count;
    private readonly int _levels;

    /// <summary>Prefixes that a level of so many takes in memory: whole nodes, one more than are filled.</summary>
    public static int PaddedCount(int count) => ((count / NodeSize) + 1) * NodeSize;

    /// <summary>Prefixes of all levels.</summary>
    public static int TotalCount(int count)
    {
        var total = PaddedCount(count);
        for (; count > NodeSize; total += PaddedCount(count))
            count /= NodeSize;
        return total;
    }

    /// <summary>
    /// Builds the tree in memory for <see cref="TotalCount"/> prefixes, aligned to cache lines, where level 0 has been
    /// written (as <see cref="Stored"/>).
    /// </summary>
    public PrefixTree(long* prefixes, int count)
    {
        _prefixes = prefixes;
        _count = count;
        _levels = 1;
        Pad(prefixes, count);
        while (count > NodeSize)
        {
            var above = prefixes + PaddedCount(count);
            var nodes = count / NodeSize;
            for (var node = 0; node < nodes; node++)
                above[node] = prefixes[(node * NodeSize) + NodeSize - 1];
            Pad(above, nodes);
            prefixes = above;
            count = nodes;
            _levels++;
        }
        Invariant.That(_levels <= LevelsMax);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Stored(ulong prefix) => (long)(prefix ^ TopBit);

    /// <summary>True if the prefix with that index is the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(int index, ulong prefix) => index < _count && _prefixes[index] == Stored(prefix);

    /// <summary>How many prefixes are below the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(ulong prefix)
    {
        var wanted = Vector256.Create(Stored(prefix));
        if (_levels == 1)
            return CountInNode(_prefixes, wanted);
        if (_levels == 2)
            return InLevel(_prefixes, CountInNode(_prefixes + PaddedCount(_count), wanted), wanted);
        return CountInMany(wanted);
    }

    /// <summary>How many of the sixteen prefixes of a node are below the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountInNode(long* node, Vector256<long> wanted)
    {
        // A lane that is below counts -1.
        var below = Vector256.LessThan(Vector256.Load(node), wanted) +
            Vector256.LessThan(Vector256.Load(node + 4), wanted) +
            Vector256.LessThan(Vector256.Load(node + 8), wanted) +
            Vector256.LessThan(Vector256.Load(node + 12), wanted);
        return (int)-Vector256.Sum(below);
    }

    private int CountInMany(Vector256<long> wanted)
    {
        var level1 = _prefixes + PaddedCount(_count);
        var count1 = _count / NodeSize;
        var level2 = level1 + PaddedCount(count1);
        var count2 = count1 / NodeSize;
        var inLevel2 = count2 <= NodeSize
            ? CountInNode(level2, wanted)
            : CountFromTop(level2, count2, wanted);
        return InLevel(_prefixes, InLevel(level1, inLevel2, wanted), wanted);
    }

    // Only for tables of more than 65,536 blocks.
    private static int CountFromTop(long* level, int count, Vector256<long> wanted) =>
        count <= NodeSize
            ? CountInNode(level, wanted)
            : InLevel(level, CountFromTop(level + PaddedCount(count), count / NodeSize, wanted), wanted);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InLevel(long* level, int node, Vector256<long> wanted) =>
        (node * NodeSize) + CountInNode(level + (node * NodeSize), wanted);

    private static void Pad(long* level, int count) =>
        new Span<long>(level + count, PaddedCount(count) - count).Fill(long.MaxValue);
}
