using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// A node lies in the arena as one piece. A is its address, which is 4 above a multiple of 8:
//
//     offset   size  field
//     A - 4h      4  link h-1     the tower grows downwards: link n belongs to the list of level n
//       ...      ..
//     A - 4       4  link 0       offset of the next node in the arena, in units of eight bytes; 0 is the end
//     A + 0       4  keyLength
//     A + 4       8  tag          version and kind
//     A + 12      4  valueLength
//     A + 16      k  key          padded with zeros to at least 8 bytes
//                 v  value
//
// A search needs link and first eight key bytes of a node, and they lie within 28 bytes: mostly one cache line, so one
// miss decides a comparison and finds the next candidate. The key is stored once: its first eight bytes, read as a
// big-endian number, are the prefix that is compared; the padding makes that right for short keys too.
// A is odd in units of four, so three quarters of all nodes (those of height 1) have no gap: 20 bytes above key and
// value. Numbers have the machine's order: nothing of this is ever written to a file.

/// <summary>One entry of a <see cref="SkipList"/>: key, version, kind, value, and a tower of links.</summary>
/// <remarks>All but the links is written once, before the node is published. Lives as long as the arena.</remarks>
internal readonly unsafe struct SkipListNode
{
    /// <summary>Where A lies behind a multiple of eight.</summary>
    public const int Misalignment = 4;

    private const int LinkBytes = sizeof(uint);
    private const int TagOffset = 4;
    private const int ValueLengthOffset = 12;
    private const int KeyOffset = 16;

    private const uint HeaderMatchesPicture =
        TagOffset == sizeof(int) && ValueLengthOffset == TagOffset + sizeof(ulong) &&
        KeyOffset == ValueLengthOffset + sizeof(int) ? 0 : -1;

    private readonly byte* _address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SkipListNode(byte* address) => _address = address;

    public int KeyLength => *(int*)_address;

    public int ValueLength => *(int*)(_address + ValueLengthOffset);

    public EntryTag Tag
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(*(ulong*)(_address + TagOffset));
    }

    public ReadOnlySpan<byte> Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_address + KeyOffset, KeyLength);
    }

    public ReadOnlySpan<byte> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_address + KeyOffset + PaddedLength(KeyLength), ValueLength);
    }

    /// <summary>The first key bytes as they lie in memory.</summary>
    public byte* KeyBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _address + KeyOffset;
    }

    /// <summary>The link of a level that the node's tower reaches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Link(int level) => ref *(uint*)(_address - (LinkBytes * (level + 1)));

    /// <summary>Bytes from the start of the piece to A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BytesBefore(int height) =>
        ((LinkBytes * height) + Misalignment - 1) / Arena.Granularity * Arena.Granularity + Misalignment;

    /// <summary>Bytes of the whole piece, a multiple of the arena's unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SizeOf(int height, int keyLength, int valueLength)
    {
        var bytes = (long)BytesBefore(height) + KeyOffset + PaddedLength(keyLength) + valueLength;
        return (bytes + Arena.Granularity - 1) & ~(long)(Arena.Granularity - 1);
    }

    /// <summary>Writes everything but the links.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        *(int*)_address = key.Length;
        *(ulong*)(_address + TagOffset) = tag.Packed;
        *(int*)(_address + ValueLengthOffset) = value.Length;
        if (key.Length < sizeof(ulong))
            *(ulong*)(_address + KeyOffset) = 0;
        var paddedLength = PaddedLength(key.Length);
        key.CopyTo(new Span<byte>(_address + KeyOffset, key.Length));
        value.CopyTo(new Span<byte>(_address + KeyOffset + paddedLength, value.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PaddedLength(int keyLength) => Math.Max(keyLength, sizeof(ulong));
}
