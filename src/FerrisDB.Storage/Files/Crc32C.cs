using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

// The processor's instruction takes three cycles for eight bytes but can begin one in each cycle, so long inputs go
// through it as three streams side by side, each of StreamSize bytes:
//
//     | stream 0 ------> | stream 1 ------> | stream 2 ------> |  and so on
//
// What stream 0 yields must then be shifted behind the bytes of the other two. A register is a polynomial, and shifting
// it by a fixed count of zero bytes is linear: the shifts of its four bytes, from four tables, added (which is xor).

/// <summary>
/// The checksum of every format: CRC-32C (Castagnoli), which processors compute eight bytes at a time and which finds
/// every burst of up to 32 flipped bits.
/// </summary>
internal static class Crc32C
{
    private const int StreamSize = 512;

    // Table k has, for each byte b, the register b << 8k shifted by StreamSize zero bytes.
    private static readonly uint[] Shifts = NewShifts();

    public static uint Of(ReadOnlySpan<byte> data) => Extend(0, data);

    /// <summary>
    /// The checksum of the bytes behind <paramref name="checksum"/> followed by <paramref name="data"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Extend(uint checksum, ReadOnlySpan<byte> data)
    {
        var crc = ~checksum;
        for (; data.Length >= 3 * StreamSize; data = data[(3 * StreamSize)..])
            crc = ThreeStreams(crc, ref MemoryMarshal.GetReference(data));
        var words = data[..(data.Length & ~7)];
        for (var at = 0; at < words.Length; at += sizeof(ulong))
            crc = BitOperations.Crc32C(crc, Word(ref MemoryMarshal.GetReference(words), at));
        foreach (var value in data[words.Length..])
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint ThreeStreams(uint crc, ref byte data)
    {
        var (first, second, third) = (crc, 0u, 0u);
        for (var at = 0; at < StreamSize; at += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, Word(ref data, at));
            second = BitOperations.Crc32C(second, Word(ref data, at + StreamSize));
            third = BitOperations.Crc32C(third, Word(ref data, at + (2 * StreamSize)));
        }
        return Shift(Shift(first) ^ second) ^ third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte data, int at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref data, at));
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }

    private static uint Shift(uint crc)
    {
        var shifts = Shifts;
        return shifts[crc & 255] ^ shifts[256 + ((crc >> 8) & 255)] ^
            shifts[512 + ((crc >> 16) & 255)] ^ shifts[768 + (crc >> 24)];
    }

    private static uint[] NewShifts()
    {
        var shifts = new uint[4 * 256];
        for (var index = 0; index < shifts.Length; index++)
        {
            var crc = (uint)(index & 255) << (8 * (index >> 8));
            for (var at = 0; at < StreamSize; at += sizeof(ulong))
                crc = BitOperations.Crc32C(crc, 0UL);
            shifts[index] = crc;
        }
        return shifts;
    }
}
