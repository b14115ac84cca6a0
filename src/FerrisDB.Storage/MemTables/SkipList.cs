using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FerrisDB.Storage;

// A skip list (Pugh 1990) is a sorted linked list with express lanes: every node is in the list of level 0, a quarter
// of them in that of level 1, a sixteenth in that of level 2, and so on. A search runs along the fastest lane until the
// next node would be too far, changes to the lane below, and arrives after about 2.5 comparisons for each level.
//
//     level 2   head ----------------------------> f ------------------------------> end
//     level 1   head ----------> c --------------> f ------------------> m --------> end
//     level 0   head -> a -> b -> c -> d -> e ---> f -> g -> h -> k ---> m -> p ---> end
//
// Nothing is ever removed or changed, which is what makes it easy to share between threads:
//
//     writer    1  write the whole node, links included, where nobody sees it     (plain stores)
//               2  on each level from 0 up: point the node's link at its successor, then swing the predecessor's link
//                  from that successor to the node                                (compare-and-swap, a full fence)
//                  if another writer was faster, walk on from the same predecessor and try again
//     reader       follows links                                                  (acquire loads)
//
//   * A node is visible only by a link that was stored after its content (the fence of 2), and a reader that loads the
//     link loads the content afterwards (acquire): no reader ever sees a half-written node.
//   * A node is in all levels below each one it can be found in, because it is linked upwards: a reader can go down.
//   * A node that is linked in level 0 alone is complete; the upper lanes only make it faster to find.
//   * Predecessors stay valid: the node found before a key is before it for ever. So the worst that an old finger or a
//     lost race costs is some steps along a lane.

/// <summary>
/// A sorted list of entries in an arena: any number of threads insert and search, and nobody ever waits.
/// </summary>
internal sealed unsafe class SkipList
{
    /// <summary>Enough for 4^12 nodes, 16 million, before searches grow longer than logarithmic.</summary>
    public const int HeightMax = 12;

    private readonly Arena _arena;
    private readonly byte* _nodes; // address of the node with offset 0, if there were one
    private readonly uint _head;
    private int _height = 1; // of the highest tower; grows only

    public SkipList(Arena arena)
    {
        _arena = arena;
        _nodes = arena.Base + SkipListTower.Misalignment;
        _head = AllocateNode(HeightMax, keyLength: 0, valueLength: 0);
        At(_head).Write([], EntryTag.First, []);
        for (var level = 0; level < HeightMax; level++)
            Link(_head, level) = 0;
    }

    /// <summary>Levels in use.</summary>
    public int Height => Volatile.Read(ref _height);

    /// <summary>The offset of the node before the first: it holds no entry.</summary>
    public uint Head => _head;

    public SkipListFinger NewFinger(ulong seed) => new(_head, seed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MemTableEntry At(uint offset) => new(AddressOf(offset));

    /// <summary>The offset of the node behind a node on a level, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next(uint offset, int level = 0) => Volatile.Read(ref Link(offset, level));

    /// <summary>Fetches a node into the cache without waiting for it. Harmless for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint offset)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(At(offset).KeyBytes);
    }

    /// <summary>The offset of the first node at or behind a key, or 0.</summary>
    public uint FindAtOrBehind(scoped in SearchKey target) => Search(target, out _);

    /// <summary>The offset of the last node before a key, or 0.</summary>
    public uint FindBefore(scoped in SearchKey target)
    {
        _ = Search(target, out var before);
        return before == _head ? 0 : before;
    }

    /// <summary>The offset of the last node, or 0.</summary>
    public uint FindLast()
    {
        var node = _head;
        for (var level = Height - 1; level >= 0; level--)
        {
            for (var next = Next(node, level); next != 0; next = Next(node, level))
                node = next;
        }
        return node == _head ? 0 : node;
    }

    /// <summary>The keys along the lowest lane that has about <paramref name="keysMax"/> nodes at most.</summary>
    public List<byte[]> SampleKeys(long entryCount, int keysMax)
    {
        var level = 0;
        for (var count = entryCount; count > keysMax && level < Height - 1; count /= 4)
            level++;
        var keys = new List<byte[]>();
        for (var node = Next(_head, level); node != 0; node = Next(node, level))
            keys.Add(At(node).Key.ToArray());
        return keys;
    }

    /// <summary>Inserts an entry whose key and tag are not in the list. The finger is left behind it.</summary>
    public void Insert(ref SkipListFinger finger, ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        var height = finger.NextHeight();
        RaiseTo(height);
        var target = new SearchKey(key, tag);
        MoveFinger(ref finger, target, height);
        Invariant.That(!IsAt(finger.Next[0], target)); // versions are given out once, and a batch has a key once

        var offset = AllocateNode(height, key.Length, value.Length);
        At(offset).Write(key, tag, value);
        for (var level = 0; level < height; level++)
        {
            var previous = finger.Previous[level];
            var next = finger.Next[level];
            Link(offset, level) = next;
            while (!TryLink(ref Link(previous, level), next, offset))
            {
                next = Walk(ref previous, level, target);
                Invariant.That(!IsAt(next, target));
                Link(offset, level) = next;
            }
            finger.Previous[level] = offset;
            finger.Next[level] = next;
        }
    }

    /// <summary>Checks order and towers. No thread may insert meanwhile.</summary>
    [Conditional("FERRIS_CHECKED")]
    public void AssertInvariants(long entryCount) => SkipListChecks.AssertInvariants(this, entryCount);

    // Returns the first node that is not before the target, or 0, and the last one that is, or the head.
    private uint Search(scoped in SearchKey target, out uint before)
    {
        var node = _head;
        var behind = 0U; // known not to be before the target: no need to compare with it again one level below
        for (var level = Height - 1; ; level--)
        {
            PrefetchBelow(node, level);
            var next = Next(node, level);
            while (next != behind && next != 0 && target.IsBehind(At(next)))
            {
                node = next;
                PrefetchBelow(node, level);
                next = Next(node, level);
            }
            behind = next;
            if (level == 0)
                break;
        }
        before = node;
        return behind;
    }

    // Should the next node of this level be too far, the one of the level below comes next: fetch both at once.
    // Measured with a million random keys: a search takes 10 % less time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchBelow(uint node, int level)
    {
        if (level > 0)
            Prefetch(Next(node, level - 1));
    }

    // Moves the finger around the target: Previous is before it and Next is not, on all levels below `height` and on
    // all that the search had to visit. Starts on the lowest level where finger and target already fit together.
    private void MoveFinger(ref SkipListFinger finger, scoped in SearchKey target, int height)
    {
        var start = 0;
        for (var level = 0; level < height; level++)
        {
            if (!Surrounds(ref finger, level, target))
                start = level + 1;
        }
        var top = Height;
        while (start > 0 && start < top && !Surrounds(ref finger, start, target))
            start++;

        var previous = start < top ? finger.Previous[start] : _head;
        for (var level = start - 1; level >= 0; level--)
        {
            finger.Next[level] = Walk(ref previous, level, target);
            finger.Previous[level] = previous;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Surrounds(ref SkipListFinger finger, int level, scoped in SearchKey target)
    {
        var previous = finger.Previous[level];
        if (previous != _head && !target.IsBehind(At(previous)))
            return false;
        var next = Next(previous, level);
        finger.Next[level] = next;
        return next == 0 || !target.IsBehind(At(next));
    }

    // Runs along a level while the next node is before the target; returns the first that is not, or 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Walk(ref uint previous, int level, scoped in SearchKey target)
    {
        PrefetchBelow(previous, level);
        var next = Next(previous, level);
        while (next != 0 && target.IsBehind(At(next)))
        {
            previous = next;
            PrefetchBelow(previous, level);
            next = Next(previous, level);
        }
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLink(ref uint link, uint expected, uint offset)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.SkipListLinksWithoutCas)
        {
            if (offset % 8 == 0)
                SeededBugs.Linger();
            link = offset;
            return true;
        }
#endif
        return Interlocked.CompareExchange(ref link, offset, expected) == expected;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* AddressOf(uint offset) => _nodes + ((nint)offset * Arena.Granularity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint Link(uint offset, int level) => ref SkipListTower.Link(AddressOf(offset), level);

    private bool IsAt(uint offset, scoped in SearchKey target) => offset != 0 && target.IsAt(At(offset));

    private uint AllocateNode(int height, int keyLength, int valueLength)
    {
        var piece = _arena.Allocate(SkipListTower.SizeOf(height, keyLength, valueLength));
        return piece + (uint)(SkipListTower.BytesBefore(height) / Arena.Granularity);
    }

    private void RaiseTo(int height)
    {
        var current = Height;
        while (height > current)
        {
            var found = Interlocked.CompareExchange(ref _height, height, current);
            if (found == current)
                return;
            current = found;
        }
    }
}
