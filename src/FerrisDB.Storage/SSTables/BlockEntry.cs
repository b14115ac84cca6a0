using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>One entry of a decoded block: its sizes are read, its tag only when it is asked for.</summary>
internal unsafe struct BlockEntry
{
    /// <summary>Leading bytes of the key that are the restart key's.</summary>
    public int Shared;

    public int SuffixSize;

    public int ValueSize;

    private byte* _storedTag;

    /// <summary>The key's bytes behind the shared ones; the value follows.</summary>
    public byte* Suffix;

    /// <summary>As stored; <see cref="Block.DecodeTag"/> makes it whole.</summary>
    public readonly ulong StoredTag
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var at = _storedTag;
            return Varint.Read(ref at);
        }
    }

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
        entry._storedTag = at;
        entry.Suffix = Varint.Skip(at);
        return entry;
    }
}
