using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

/// <summary>The envelope of a block in its file: sizes, compression, checksum (<see cref="SSTableFormat"/>).</summary>
internal static unsafe class StoredBlock
{
    /// <summary>Adds a block to what will be written at <paramref name="offset"/>; returns its place.</summary>
    public static BlockHandle Write(
        OutputBuffer output, long offset, BlockKind kind, Compression compression, ReadOnlySpan<byte> payload,
        int entryCount)
    {
        Invariant.That(payload.Length is > 0 and <= SSTableFormat.MaxPayloadBytes);
        var start = output.Reserve(payload.Length + SSTableFormat.BlockOverhead);
        var block = new Span<byte>(start, payload.Length + SSTableFormat.BlockOverhead);
        BinaryPrimitives.WriteInt32LittleEndian(block, payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[sizeof(uint)..], entryCount);

        var body = block[SSTableFormat.BlockHeaderSize..];
        var stored = BlockCodec.TryCompress(compression, payload, body);
        if (stored == 0)
        {
            compression = Compression.None;
            payload.CopyTo(body);
            stored = payload.Length;
        }
        body[stored] = (byte)(((int)kind << 4) | (int)compression);
        var size = SSTableFormat.BlockOverhead + stored;
        var checksumAt = size - sizeof(uint);
        BinaryPrimitives.WriteUInt32LittleEndian(block[checksumAt..], ChecksumOf(block[..checksumAt], offset));
        output.Advance(size);
        return new BlockHandle(offset, size);
    }

    /// <summary>Checks everything about a stored block except its payload.</summary>
    public static StoredBlockHeader Verify(ReadOnlySpan<byte> block, string file, long offset, BlockKind kind)
    {
        if (block.Length < SSTableFormat.BlockOverhead)
            Throw(file, offset, $"a block of at least {SSTableFormat.BlockOverhead} bytes", $"{block.Length}");
        var checksumAt = block.Length - sizeof(uint);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(block[checksumAt..]);
        var found = ChecksumOf(block[..checksumAt], offset);
        if (expected != found)
            Throw(file, offset, $"checksum {expected:x8}", $"{found:x8}");

        var type = block[checksumAt - 1];
        var header = new StoredBlockHeader(
            (BlockKind)(type >> 4),
            (Compression)(type & 15),
            BinaryPrimitives.ReadUInt32LittleEndian(block),
            BinaryPrimitives.ReadUInt32LittleEndian(block[sizeof(uint)..]));
        var storedSize = block.Length - SSTableFormat.BlockOverhead;
        if (header.Kind != kind)
            Throw(file, offset, $"a block of kind {kind}", $"{header.Kind}");
        if (header.PayloadSize is 0 or > SSTableFormat.MaxPayloadBytes ||
            !BlockCodec.IsPlausible(header.Compression, storedSize, header.PayloadSize))
            Throw(file, offset, $"{storedSize} bytes of compression {header.Compression}",
                $"a size of {header.PayloadSize}");
        return header;
    }

    public static uint ChecksumOf(ReadOnlySpan<byte> bytes, long offset)
    {
        // With the offset in it, a block that the disk wrote or read at the wrong place does not pass.
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        return Crc32C.Extend(Crc32C.Of(bytes), place);
    }

    [DoesNotReturn]
    private static void Throw(string file, long offset, string expected, string found) =>
        throw FerrisException.Corrupt(file, offset, expected, found);
}

/// <summary>What the envelope of a block says.</summary>
internal readonly record struct StoredBlockHeader(
    BlockKind Kind, Compression Compression, uint PayloadSize, uint EntryCount);
