using System.Buffers.Binary;

namespace FerrisDB.Storage;

// The blocks of a table stand one behind the other without a gap, so a table whose index is damaged can be read like a
// chain. A block does not say how long it is, only how long it will be once decompressed; but its checksum does, for it
// fits at one length alone:
//
//     offset    8 bytes    n bytes             type   checksum
//     +---------+----------+-------------------+------+----------+--
//               | sizes    | payload ...       |      | fits?    |        try n = 1, 2, 3 ...
//     +---------+----------+-------------------+------+----------+--

/// <summary>Finds blocks in the file of a table without its index.</summary>
internal static class BlockFinder
{
    private static readonly int LastKind = (int)BlockKind.Properties;
    private static readonly int LastCompression = (int)Compression.Zstd;

    /// <summary>The block that begins at an offset, if a whole one does.</summary>
    public static bool TryFind(IFile file, long offset, long end, out BlockKind kind, out BlockHandle handle)
    {
        (kind, handle) = (default, default);
        Span<byte> header = stackalloc byte[SSTableFormat.BlockHeaderSize];
        if (end - offset < SSTableFormat.BlockOverhead || file.Read(offset, header) != header.Length)
            return false;
        long payloadSize = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (payloadSize is 0 or > SSTableFormat.MaxPayloadBytes)
            return false;
        // Compression never makes a block longer.
        var bytes = new byte[Math.Min(payloadSize + SSTableFormat.BlockOverhead, end - offset)];
        var sizeBytes = FindLength(bytes.AsSpan(0, file.Read(offset, bytes)), offset);
        if (sizeBytes == 0)
            return false;
        kind = (BlockKind)(bytes[sizeBytes - SSTableFormat.BlockTrailerSize] >> 4);
        handle = new BlockHandle(offset, sizeBytes);
        return true;
    }

    private static int FindLength(ReadOnlySpan<byte> bytes, long offset)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        var checksum = Crc32C.Of(bytes[..SSTableFormat.BlockHeaderSize]);
        for (var at = SSTableFormat.BlockHeaderSize; at + SSTableFormat.BlockTrailerSize <= bytes.Length; at++)
        {
            checksum = Crc32C.Extend(checksum, bytes.Slice(at, 1));
            var (kind, compression) = (bytes[at] >> 4, bytes[at] & 15);
            if (kind < 1 || kind > LastKind || compression > LastCompression)
                continue;
            var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 1)..]);
            if (stored == Crc32C.Extend(checksum, place))
                return at + SSTableFormat.BlockTrailerSize;
        }
        return 0;
    }
}
