using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// An entry lies in the arena as one piece, at an address that is a multiple of four:
//
//     offset   size  field
//          0      4  keyLength
//          4      8  tag          version and kind
//         12      4  valueLength
//         16      k  key          padded with zeros to at least 8 bytes
//                 v  value
//
// The key is stored once: its first eight bytes, read as a big-endian number, are the prefix that is compared first;
// the padding makes that right for short keys too. Numbers have the machine's order: nothing of this is ever written to
// a file.

/// <summary>One entry of a MemTable: key, version, kind and value, in its arena.</summary>
/// <remarks>Written once, before it is published, and never changed. Lives as long as the arena.</remarks>
internal readonly unsafe struct MemTableEntry
{
    private const int TagOffset = 4;
    private const int ValueLengthOffset = 12;
    private const int KeyOffset = 16;

    private const uint HeaderMatchesPicture =
        TagOffset == sizeof(int) && ValueLengthOffset == TagOffset + sizeof(ulong) &&
        KeyOffset == ValueLengthOffset + sizeof(int) ? 0 : -1;

    private readonly byte* _address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MemTableEntry(byte* address) => _address = address;

    public int KeyLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(int*)_address;
    }

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

    /// <summary>Bytes of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SizeOf(int keyLength, int valueLength) =>
        (long)KeyOffset + PaddedLength(keyLength) + valueLength;

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
