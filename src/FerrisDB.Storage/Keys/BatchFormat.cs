using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// A write batch as bytes: what a commit writes to the log and what a MemTable applies. See docs/formats/write-batch.md.
//
//     offset  size  field
//          0     4  count      entries that follow
//          4        entries
//
//     each entry:
//          0     1  kind       1 put, 2 delete, 3 delete range; 0 is never written, so that zeros are no entry
//          1   1-5  keyLength  varint
//              1-5  restLength varint; put: bytes of the value, delete range: bytes of the end; absent for a delete
//                k  key        delete range: its begin
//                r  rest       the value, or the exclusive end of the range
//
// In a canonical batch points come first, strictly ascending by key, then ranges, ascending and not even touching each
// other; a point wins over a range of the same batch. Integers are little-endian; varints are LEB128 (seven bits a
// byte, low ones first, the top bit says that more follow).
internal static class BatchFormat
{
    public const int HeaderSize = sizeof(uint);

    /// <summary>Bytes of a batch at most: a log record's length, and an array's, must hold it.</summary>
    public const int SizeBytesMax = 1 << 30;

    private const int VarintSizeMax = 5;

    /// <summary>Bytes that an entry needs at most beside those of its key and value.</summary>
    public const int EntryOverheadMax = sizeof(byte) + (2 * VarintSizeMax);

    public static void WriteCount(Span<byte> batch, int count) =>
        BinaryPrimitives.WriteUInt32LittleEndian(batch, (uint)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadCount(ReadOnlySpan<byte> batch) => BinaryPrimitives.ReadUInt32LittleEndian(batch);

    /// <summary>Bytes of the varint of <paramref name="value"/>.</summary>
    public static int VarintSize(int value) => (BitOperations.Log2((uint)value | 1) / 7) + 1;

    /// <summary>Writes a varint and returns its size.</summary>
    public static int WriteVarint(Span<byte> destination, int value)
    {
        var rest = (uint)value;
        var size = 0;
        while (rest >= 0x80)
        {
            destination[size++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        destination[size++] = (byte)rest;
        return size;
    }

    /// <summary>Reads a varint of at most 31 bits in its shortest form; anything else is not ours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadVarint(ReadOnlySpan<byte> source, out int value, out int size)
    {
        value = 0;
        for (size = 0; size < source.Length && size < VarintSizeMax;)
        {
            var next = source[size];
            if (size == VarintSizeMax - 1 && next > 0x07)
                return false;
            value |= (next & 0x7f) << (7 * size);
            size++;
            if (next < 0x80)
                return next != 0 || size == 1;
        }
        return false;
    }
}
