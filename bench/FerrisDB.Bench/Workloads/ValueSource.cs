using System.Buffers.Binary;

namespace FerrisDB.Bench;

// A value:
//
//     offset  size  field
//          0     8  fingerprint  of its key, so that a wrong answer is seen
//          8     4  generation   0 when loaded, 1 when written after a snapshot was taken
//         12     n  filler       printable text that compresses to about half, as db_bench's does

/// <summary>Makes and checks values.</summary>
internal sealed class ValueSource
{
    public const int HeaderBytes = sizeof(ulong) + sizeof(uint);

    private const int PoolBytes = 1 << 20;
    private const int PieceBytes = 100;
    private const int FirstPrintable = ' ';
    private const int PrintableCount = '~' - ' ' + 1;

    private readonly byte[] _pool;
    private int _offset;

    public ValueSource(int length)
    {
        if (length < HeaderBytes)
            throw new ArgumentException($"a value needs {HeaderBytes} bytes that are checked, and has {length}");
        Length = length;
        _pool = new byte[PoolBytes + length];
        Fill(_pool);
    }

    public int Length { get; }

    public void Make(ReadOnlySpan<byte> key, uint generation, Span<byte> value)
    {
        _offset = _offset + Length > PoolBytes ? 0 : _offset + Length;
        _pool.AsSpan(_offset, Length).CopyTo(value);
        BinaryPrimitives.WriteUInt64LittleEndian(value, KeySpace.FingerprintOf(key));
        BinaryPrimitives.WriteUInt32LittleEndian(value[sizeof(ulong)..], generation);
    }

    public void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int length)
    {
        if (length != Length)
            throw new WrongDataException(length < 0
                ? $"key {Convert.ToHexStringLower(key)} is missing"
                : $"key {Convert.ToHexStringLower(key)} has a value of {length} bytes instead of {Length}");
        if (BinaryPrimitives.ReadUInt64LittleEndian(value) != KeySpace.FingerprintOf(key))
            throw new WrongDataException($"key {Convert.ToHexStringLower(key)} has the value of another key");
    }

    public static uint GenerationOf(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadUInt32LittleEndian(value[sizeof(ulong)..]);

    // Each piece is fifty random characters and the same fifty again.
    private static void Fill(byte[] pool)
    {
        var random = new RandomSource(seed: 301);
        for (var index = 0; index < pool.Length; index++)
        {
            var inPiece = index % PieceBytes;
            pool[index] = inPiece < PieceBytes / 2
                ? (byte)(FirstPrintable + random.Below(PrintableCount))
                : pool[index - (PieceBytes / 2)];
        }
    }
}
