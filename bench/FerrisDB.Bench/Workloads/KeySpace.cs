using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Bench;

// Keys are numbered in key order. The 64-bit space of the first eight bytes (the head), up to 0xff, is cut into one
// slot per entry and each slot into zones, so that keys that exist, keys that appear during a workload and keys that
// never exist lie interleaved everywhere, which is what makes a missing key expensive to miss:
//
//     slot i:  | stored      | inserted     | missing                    |
//              0          1/4 slot       1/2 slot                      slot i + 1
//
// Within its zone a head is placed at random; the second eight bytes (the tail) are random as well.

/// <summary>Makes the keys of all workloads and tells the fingerprint that each key's value starts with.</summary>
internal sealed class KeySpace
{
    private const int RandomBytes = 2 * sizeof(ulong);
    private const ulong StoredZone = 0;
    private const ulong InsertedZone = 1;
    private const ulong MissingZone = 2;

    // A database keeps the keys from 0xff on to itself.
    private const ulong HeadsEnd = 0xff00_0000_0000_0000;

    private readonly ulong _slot;
    private readonly byte[] _prefix;

    public KeySpace(long entries, KeyStyle style)
    {
        Entries = entries;
        _slot = HeadsEnd / (ulong)entries;
        _prefix = style == KeyStyle.LongPrefix ? [.. "\x02inventory\0\x02reservation\0"u8] : [];
    }

    public long Entries { get; }

    public int KeyLength => _prefix.Length + RandomBytes;

    /// <summary>The key of entry <paramref name="index"/>; keys ascend with their index.</summary>
    public void Stored(long index, Span<byte> key) => Make((ulong)index, (ulong)index, StoredZone, key);

    /// <summary>
    /// The key of the <paramref name="number"/>-th insertion of YCSB, somewhere among the stored ones.
    /// </summary>
    public void Inserted(long number, Span<byte> key)
    {
        var slot = Math.BigMul(RandomSource.Mix((ulong)number), (ulong)Entries, out _);
        Make(slot, (ulong)number, InsertedZone, key);
    }

    /// <summary>A key that no workload ever stores, next to entry <paramref name="index"/>.</summary>
    public void Missing(long index, Span<byte> key) => Make((ulong)index, (ulong)index, MissingZone, key);

    /// <summary>The eight bytes that order the keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HeadOf(ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt64BigEndian(key[^RandomBytes..]);

    /// <summary>Eight bytes that only this key's value starts with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FingerprintOf(ReadOnlySpan<byte> key) =>
        HeadOf(key) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64BigEndian(key[^sizeof(ulong)..]), 23);

    private void Make(ulong slot, ulong number, ulong zone, Span<byte> key)
    {
        var noise = RandomSource.Mix((number << 2) | zone);
        var zoneSize = _slot / 4;
        var head = (slot * _slot) + (zone * zoneSize) + Math.BigMul(noise, zoneSize, out _);
        _prefix.CopyTo(key);
        var random = key[_prefix.Length..];
        BinaryPrimitives.WriteUInt64BigEndian(random, head);
        BinaryPrimitives.WriteUInt64BigEndian(random[sizeof(ulong)..], RandomSource.Mix(noise));
    }
}
