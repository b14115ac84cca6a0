using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// A node lies in the arena as one piece: an entry, and in front of it a tower of links that grows downwards. A is the
// address of the entry, which is 4 above a multiple of 8:
//
//     offset   size  field
//     A - 4h      4  link h-1     link n belongs to the list of level n
//       ...      ..
//     A - 4       4  link 0       offset of the next node in the arena, in units of eight bytes; 0 is the end
//     A + 0           the entry   see MemTableEntry
//
// A search needs link and first eight key bytes of a node, and they lie within 28 bytes: mostly one cache line, so one
// miss decides a comparison and finds the next candidate.
// A is odd in units of four, so three quarters of all nodes (those of height 1) have no gap: 20 bytes above key and
// value.

/// <summary>Where the links of a node of a <see cref="SkipList"/> lie, and what they take.</summary>
internal static unsafe class SkipListTower
{
    /// <summary>Where A lies behind a multiple of eight.</summary>
    public const int Misalignment = 4;

    private const int LinkBytes = sizeof(uint);

    /// <summary>The link of a level that the node's tower reaches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref uint Link(byte* address, int level) => ref *(uint*)(address - (LinkBytes * (level + 1)));

    /// <summary>Bytes from the start of the piece to A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BytesBefore(int height) =>
        ((LinkBytes * height) + Misalignment - 1) / Arena.Granularity * Arena.Granularity + Misalignment;

    /// <summary>Bytes of the whole piece, a multiple of the arena's unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SizeOf(int height, int keyLength, int valueLength) =>
        Arena.RoundUp(BytesBefore(height) + MemTableEntry.SizeOf(keyLength, valueLength));
}
