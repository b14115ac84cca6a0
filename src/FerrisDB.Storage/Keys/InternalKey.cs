using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// The order of everything that the engine stores: user key ascending, then version descending, then kind descending.
/// </summary>
internal static class InternalKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Compare(
        ReadOnlySpan<byte> leftKey, EntryTag leftTag, ReadOnlySpan<byte> rightKey, EntryTag rightTag)
    {
        var order = leftKey.SequenceCompareTo(rightKey);
        return order != 0 ? order : leftTag.CompareTo(rightTag);
    }

    /// <summary>
    /// The first eight bytes of a key as a number that orders as the bytes do; shorter keys are padded with zeros, so
    /// equal prefixes decide nothing and the keys themselves must be compared.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        return PrefixOfShort(key);
    }

    private static ulong PrefixOfShort(ReadOnlySpan<byte> key)
    {
        var prefix = 0UL;
        for (var index = 0; index < key.Length; index++)
            prefix |= (ulong)key[index] << (56 - (8 * index));
        return prefix;
    }
}
