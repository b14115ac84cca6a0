using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>The place of a block, or of a chain of blocks, in its file.</summary>
/// <param name="Offset">Of its first byte.</param>
/// <param name="SizeBytes">As stored, header and trailer included; 0 if there is none.</param>
internal readonly record struct BlockHandle(long Offset, int SizeBytes)
{
    /// <summary>Bytes of a handle in the footer.</summary>
    public const int Size = sizeof(ulong) + sizeof(uint);

    public bool IsAbsent => SizeBytes == 0;

    public long End => Offset + SizeBytes;

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[sizeof(long)..], SizeBytes);
    }

    public static BlockHandle ReadFrom(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(
            source), BinaryPrimitives.ReadInt32LittleEndian(source[sizeof(long)..]));
}
