using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// A node is ten cache lines at most, from the start of one on, and begins with a header of one:
//
//     offset  size  field
//          0     4  next          leaves: the leaf to the right; 0 is the end
//          4     4  previous      leaves: a leaf to the left, the nearest one unless it was split meanwhile; 0 is none
//          8     4  low           the entry that gave the node its lower bound; 0 has none: the first node of a level
//         12     4  prefixEntry   an entry that begins with the node's prefix
//         16     8  lowTag        the bound is the key of `low` with this tag
//         24     4  prefixLength  bytes that the keys of the node had in common when it was made
//         28     2  count         slots in use; the writer's
//         30     2  level         0 is a leaf
//         32    32  prefix        the first bytes of the prefix
//         64   512  slots         in order, Unused behind the last
//
// A slot is 64 bits, read and written at once:
//
//     63                       32 31  30                    0
//     +--------------------------+---+----------------------+
//     |    window ^ 0x80000000   | m |        offset        |
//     +--------------------------+---+----------------------+
//
// The offset is that of an entry in a leaf, of a child above. The mark says of an entry: it is an older version of the
// key of the entry before it. So a cursor that wants the next key passes all of them without a look at one. A mark that
// is missing costs a step, one that is wrong would hide a key: the first slot of a leaf may lack it, and an entry that
// gets a newer version in front of it is marked by the very store that moves it out of the way.
//
// The window is the four bytes of the key behind the node's prefix, as a big-endian number. Keys that do not begin with
// the prefix take 0 or the largest number, whichever side of it they are on: so windows never contradict the order of
// keys, and where two are equal the keys themselves are compared. Prefix and windows are made once for a node, and
// never wrong, only less telling if other keys come. The highest bit is turned over because vectors compare signed
// numbers.

/// <summary>A node of a <see cref="BTree"/>: up to 64 slots, of entries in a leaf, of children above.</summary>
internal readonly unsafe struct BTreeNode(byte* address)
{
    public const int SlotCount = 64;
    public const int SizeBytes = SlotsOffset + (SlotCount * sizeof(long));

    /// <summary>What a slot holds that is not in use: behind every other.</summary>
    public const long Unused = long.MaxValue;

    /// <summary>The mark of an older version of the key of the entry before it.</summary>
    public const long OlderMark = 1L << 31;

    private const int PrefixOffset = 32;
    private const int SlotsOffset = 64;
    private const int InlinePrefixMax = SlotsOffset - PrefixOffset;
    private const int Lines = SizeBytes / Arena.CacheLineBytes;

    private const uint OffsetMask = (uint)OlderMark - 1; // more than an arena of less than 2 GiB needs

    private const uint PicturesMatch = SizeBytes == 576 && SizeBytes % Arena.CacheLineBytes == 0 ? 0 : -1;

    public uint Next
    {
        get => Volatile.Read(ref *(uint*)address);
        set => Volatile.Write(ref *(uint*)address, value);
    }

    public uint Previous
    {
        get => Volatile.Read(ref *(uint*)(address + 4));
        set => Volatile.Write(ref *(uint*)(address + 4), value);
    }

    public uint Low => *(uint*)(address + 8);

    public uint PrefixEntry => *(uint*)(address + 12);

    public EntryTag LowTag => new(*(ulong*)(address + 16));

    public int PrefixLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(int*)(address + 24);
    }

    public int Count
    {
        get => *(ushort*)(address + 28);
        set => *(ushort*)(address + 28) = (ushort)value;
    }

    public int Level
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(ushort*)(address + 30);
    }

    private long* Slots
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long*)(address + SlotsOffset);
    }

    /// <summary>Makes a node without slots, where nobody sees it yet.</summary>
    public void Clear(int level, uint low, EntryTag lowTag, uint prefixEntry, ReadOnlySpan<byte> prefix)
    {
        *(ulong*)address = 0;
        *(uint*)(address + 8) = low;
        *(uint*)(address + 12) = prefixEntry;
        *(ulong*)(address + 16) = lowTag.Packed;
        *(int*)(address + 24) = prefix.Length;
        *(ushort*)(address + 28) = 0;
        *(ushort*)(address + 30) = (ushort)level;
        var inline = prefix[..Math.Min(prefix.Length, InlinePrefixMax)];
        inline.CopyTo(new Span<byte>(address + PrefixOffset, InlinePrefixMax));
        new Span<long>(Slots, SlotCount).Fill(Unused);
    }

    /// <summary>Asks the cache for all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch()
    {
        Prefetch.Line(address);
        Prefetch.Lines(address + SlotsOffset, Lines - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SlotOf(uint window, uint offset) => (long)(((ulong)(window ^ 0x8000_0000) << 32) | offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WindowOf(long slot) => (uint)((ulong)slot >> 32) ^ 0x8000_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint OffsetOf(long slot) => (uint)slot & OffsetMask;

    /// <summary>True of an entry that is marked as an older version, and of Unused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOlderOrUnused(long slot) => (slot & OlderMark) != 0;

    /// <summary>A slot, read so that everything it leads to is seen as it was when the slot was written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Slot(int index) => Volatile.Read(ref Slots[index]);

    /// <summary>
    /// The index of the first slot from one on that is not marked, and the slot; it is Unused if none follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PassOlder(int index, out long slot)
    {
        for (; index < SlotCount; index++)
        {
            slot = Slot(index);
            if (!IsOlderOrUnused(slot) || slot == Unused)
                return index;
        }
        slot = Unused;
        return index;
    }

    /// <summary>
    /// How many slots hold less than <paramref name="bound"/>; each is read once, and all before whatever follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(long bound)
    {
        // A lane of eight aligned bytes is read at once on all processors that .NET runs on; four lanes need not be.
        var bounds = Vector256.Create(bound);
        var even = Vector256<long>.Zero;
        var odd = Vector256<long>.Zero;
        for (var slot = Slots; slot < Slots + SlotCount; slot += 16)
        {
            even += Vector256.LessThan(Vector256.LoadAligned(slot), bounds);
            odd += Vector256.LessThan(Vector256.LoadAligned(slot + 4), bounds);
            even += Vector256.LessThan(Vector256.LoadAligned(slot + 8), bounds);
            odd += Vector256.LessThan(Vector256.LoadAligned(slot + 12), bounds);
        }
        var count = -(int)Vector256.Sum(even + odd); // true is minus one
        Volatile.ReadBarrier();
        return count;
    }

    /// <summary>True if the slot at or before an index of a leaf has the window of another slot, or may have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasWindowBeside(int index, long slot)
    {
        // What is read before the first slot is part of the header.
        var before = Slots[index - 1] ^ slot;
        var behind = Slots[index] ^ slot;
        return (ulong)before >> 32 == 0 || (ulong)behind >> 32 == 0;
    }

    /// <summary>The window of a key in this node; <paramref name="tree"/> knows where entries lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint WindowOf(scoped in SearchKey key, BTree tree)
    {
        var length = PrefixLength;
        if (length == 0)
            return key.WindowAt(0);
        var prefix = length <= InlinePrefixMax ? address + PrefixOffset : tree.EntryAt(PrefixEntry).KeyBytes;
        var order = key.ComparePrefix(new ReadOnlySpan<byte>(prefix, length));
        if (order != 0)
            return order < 0 ? 0 : uint.MaxValue;
        return key.WindowAt(length);
    }

    /// <summary>Puts a slot in its place. Readers see every other one throughout, for a moment twice.</summary>
    /// <param name="index">The place.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="markOfNext">What the slot that makes room for it is marked with, or 0.</param>
    public void Insert(int index, long slot, long markOfNext = 0)
    {
        var slots = Slots;
        var count = Count;
        Invariant.That(index <= count && count < SlotCount);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BTreeShiftsFromTheLeft)
        {
            for (var at = index; at <= count; at++)
            {
                (slot, slots[at]) = (slots[at], slot);
                if (at == index && slot != Unused)
                    SeededBugs.Linger(); // one slot is nowhere now
            }
            Count = count + 1;
            return;
        }
#endif
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BTreeMarksBeforeShifting && markOfNext != 0)
        {
            slots[index] |= markOfNext;
            SeededBugs.Linger(); // the entry before it may be of another key
        }
#endif
        for (var at = count; at > index + 1; at--)
            Volatile.Write(ref slots[at], slots[at - 1]);
        if (count > index)
            Volatile.Write(ref slots[index + 1], slots[index] | markOfNext);
        Volatile.Write(ref slots[index], slot);
        Count = count + 1;
    }

    /// <summary>Adds a slot behind all others, where nobody sees the node yet.</summary>
    public void Append(long slot)
    {
        Slots[Count] = slot;
        Count++;
    }

    /// <summary>Gives up all slots from an index on, the last one first.</summary>
    public void Truncate(int count)
    {
        var slots = Slots;
        for (var at = Count - 1; at >= count; at--)
            Volatile.Write(ref slots[at], Unused);
        Count = count;
    }
}
