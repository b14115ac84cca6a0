using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// A block in memory: what BlockDecoder makes of a stored block, once, so that searching it is cheap ever after.
//
//     +---------------+----------------+------------------+-------------------------+---------+
//     | Block         | prefixes       | groups           | payload                 | padding |
//     | 128 bytes     | 8 x 16, 32 ... | 48 per interval  | as in SSTableFormat     | zeros   |
//     +---------------+----------------+------------------+-------------------------+---------+
//
//     prefix of an interval: its restart key's 8 bytes behind the prefix that all keys of the block have in common, as
//                            PrefixTree stores them; filled up to whole nodes of 16 with the largest one
//     group of an interval:  16 fingerprints (1 byte each), then where its 16 entries begin in the payload (2 bytes)
//
// A get reads the header, the prefixes (which interval?), one group (which entry?) and that entry. Everything in here
// has been checked against its bounds before anyone sees the pointer, so searches run on plain pointers. The padding
// lets them load or copy a whole vector at the last entry.

/// <summary>A decoded block in native memory: a header of two cache lines, with the block behind it.</summary>
/// <remarks>
/// The first line is read by every search. The second belongs to the <see cref="BlockCache"/>. Content never changes.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = HeaderSize)]
internal unsafe struct Block
{
    public const int HeaderSize = 128;

    /// <summary>Readable bytes behind the last entry: the widest load or copy that may begin at it.</summary>
    public const int PaddingSize = 32;

    public const int GroupSize = 48;

    public const int InlinePrefixSize = 24;

    // The index of 144 entries, which is how many of 110 bytes fit 16 KiB.
    private const int PrefetchedLines = 12;

    private const int PrefetchedEndLines = 20;

    [FieldOffset(0)]
    public long BaseVersion;

    [FieldOffset(8)]
    public byte* Groups;

    [FieldOffset(16)]
    public byte* Payload;

    [FieldOffset(24)]
    public int EntryCount;

    [FieldOffset(28)]
    public int IntervalCount;

    /// <summary>Leading bytes that all keys of the block have in common.</summary>
    [FieldOffset(32)]
    public int CommonSize;

    /// <summary>How often it was used of late, 0..3; written by readers without care, read by the cache.</summary>
    [FieldOffset(36)]
    public byte Frequency;

    /// <summary>
    /// Every entry is a value and no key is there twice: whoever sees its newest version sees all of the block.
    /// </summary>
    [FieldOffset(37)]
    public bool IsPlain;

    /// <summary>The first of the common bytes, so that most keys are compared without touching an entry.</summary>
    [FieldOffset(40)]
    public fixed byte InlinePrefix[InlinePrefixSize];

    /// <summary>Where the pointer to this block is published.</summary>
    [FieldOffset(64)]
    public nint* Slot;

    [FieldOffset(72)]
    public Block* Newer;

    [FieldOffset(80)]
    public Block* Older;

    [FieldOffset(88)]
    public int SizeBytes;

    [FieldOffset(92)]
    public int PayloadSize;

    [FieldOffset(96)]
    public int KeySizeMax;

    /// <summary>Cursors that stand in it, or <see cref="Dead"/> once it was evicted. Interlocked only.</summary>
    [FieldOffset(100)]
    public int Pins;

    /// <summary>Which of the cache's queues it is in; guarded by the cache's lock.</summary>
    [FieldOffset(104)]
    public CacheQueue Queue;

    /// <summary>Where the <see cref="BlockAllocator"/> got it from.</summary>
    [FieldOffset(105)]
    public byte AllocatorClass;

    /// <summary>A scan came by and had it read, nobody chose it; guarded by the cache's lock.</summary>
    [FieldOffset(106)]
    public bool WasPassed;

    /// <summary>The newest version of all its entries.</summary>
    [FieldOffset(112)]
    public long NewestVersion;

    public const int Dead = -1;

    private const uint InlinePrefixEndsTheLine = 40 + InlinePrefixSize == 64 ? 0 : -1;

    public static long* PrefixesOf(Block* block) => (long*)((byte*)block + HeaderSize);

    /// <summary>Prefixes in memory for so many intervals.</summary>
    public static int PaddedPrefixCount(int intervals) =>
        (intervals + PrefixTree.NodeSize - 1) / PrefixTree.NodeSize * PrefixTree.NodeSize;

    /// <summary>
    /// Asks for the header, prefixes and groups of an ordinary block at once: one after the other they would be three
    /// cache misses, side by side they are one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(Block* block) => FerrisDB.Storage.Prefetch.Lines((byte*)block, PrefetchedLines);

    /// <summary>Asks for the first or the last entries, for which the header is read.</summary>
    public static void PrefetchEnd(Block* block, bool isLastEnd)
    {
        var at = block->Payload;
        if (isLastEnd)
            at += block->PayloadSize - (PrefetchedEndLines * FerrisDB.Storage.Prefetch.LineSize);
        FerrisDB.Storage.Prefetch.Lines(at, PrefetchedEndLines);
    }

    /// <summary>Where an entry begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* EntryAt(int index)
    {
        var offsets = (ushort*)(Groups + ((index >> 4) * GroupSize) + SSTableFormat.RestartInterval);
        return Payload + offsets[index & 15];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> FingerprintsOf(int interval) => Vector128.Load(Groups + (interval * GroupSize));

    /// <summary>A tag as it is stored in this block's entries, as a whole again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly EntryTag DecodeTag(ulong stored)
    {
        var zigzag = stored >> 4;
        var delta = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        return new EntryTag(((ulong)(BaseVersion + delta) << 8) | (stored & 15));
    }
}
