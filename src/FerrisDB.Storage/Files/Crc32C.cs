using System.Buffers.Binary;
using System.Numerics;

namespace FerrisDB.Storage;

/// <summary>
/// The checksum of every format: CRC-32C (Castagnoli), which processors compute eight bytes at a time and which finds
/// every burst of up to 32 flipped bits.
/// </summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> data) => Extend(0, data);

    /// <summary>The checksum of the bytes behind <paramref name="checksum"/> followed by <paramref name="data"/>.</summary>
    public static uint Extend(uint checksum, ReadOnlySpan<byte> data)
    {
        var crc = ~checksum;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
