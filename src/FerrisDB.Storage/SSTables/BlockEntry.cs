using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>One entry of a decoded block, its four numbers read.</summary>
internal unsafe struct BlockEntry
{
    /// <summary>Leading bytes of the key that are the restart key's.</summary>
    public int Shared;

    public int SuffixSize;

    public int ValueSize;

    /// <summary>As stored; <see cref="Block.DecodeTag"/> makes it whole.</summary>
    public ulong StoredTag;

    /// <summary>The key's bytes behind the shared ones; the value follows.</summary>
    public byte* Suffix;

    public readonly int KeySize => Shared + SuffixSize;

    public readonly byte* Value => Suffix + SuffixSize;

    public readonly byte* End => Suffix + SuffixSize + ValueSize;

    /// <summary>Reads the entry at a place in a block that has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockEntry At(byte* at)
    {
        BlockEntry entry;
        var head = Unsafe.ReadUnaligned<uint>(at);
        if ((head & 0x808080) == 0)
        {
            entry.Shared = (int)(head & 0x7f);
            entry.SuffixSize = (int)((head >> 8) & 0x7f);
            entry.ValueSize = (int)((head >> 16) & 0x7f);
            at += 3;
        }
        else
        {
            entry.Shared = (int)Varint.Read(ref at);
            entry.SuffixSize = (int)Varint.Read(ref at);
            entry.ValueSize = (int)Varint.Read(ref at);
        }
        entry.StoredTag = Varint.Read(ref at);
        entry.Suffix = at;
        return entry;
    }
}
