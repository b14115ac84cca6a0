using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>The root of a table: where its sections are (<see cref="SSTableFormat"/>).</summary>
internal readonly record struct SSTableFooter(
    BlockHandle IndexRoot, BlockHandle Properties, BlockHandle Filter, BlockHandle RangeTombstones, long FileSize)
{
    private const int FileSizeAt = 4 * BlockHandle.Size;
    private const int FormatVersionAt = FileSizeAt + sizeof(ulong);
    private const int ChecksumAt = FormatVersionAt + sizeof(uint);
    private const int MagicAt = ChecksumAt + sizeof(uint);

    public void WriteTo(Span<byte> destination)
    {
        IndexRoot.WriteTo(destination);
        Properties.WriteTo(destination[BlockHandle.Size..]);
        Filter.WriteTo(destination[(2 * BlockHandle.Size)..]);
        RangeTombstones.WriteTo(destination[(3 * BlockHandle.Size)..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[FileSizeAt..], FileSize);
        BinaryPrimitives.WriteInt32LittleEndian(destination[FormatVersionAt..], SSTableFormat.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumAt..], Crc32C.Of(destination[..ChecksumAt]));
        SSTableFormat.Magic.CopyTo(destination[MagicAt..]);
    }

    /// <summary>Reads and checks the footer of a file of that length.</summary>
    public static SSTableFooter Read(IFile file)
    {
        var fileSize = file.Length;
        if (fileSize < SSTableFormat.FooterSize)
            throw FerrisException.Corrupt(
                file.Path, 0, $"a table of at least {SSTableFormat.FooterSize} bytes", $"{fileSize}");
        var offset = fileSize - SSTableFormat.FooterSize;
        Span<byte> footer = stackalloc byte[SSTableFormat.FooterSize];
        if (file.Read(offset, footer) != footer.Length)
            throw FerrisException.Corrupt(file.Path, offset, "a footer", "the end of the file");
        if (!footer[MagicAt..].SequenceEqual(SSTableFormat.Magic))
            throw FerrisException.Corrupt(
                file.Path, offset + MagicAt, "the magic of a table", Convert.ToHexStringLower(footer[MagicAt..]));
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(footer[ChecksumAt..]);
        var found = Crc32C.Of(footer[..ChecksumAt]);
        if (expected != found)
            throw FerrisException.Corrupt(file.Path, offset, $"checksum {expected:x8}", $"{found:x8}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(footer[FormatVersionAt..]);
        if (version != SSTableFormat.FormatVersion)
            throw new FerrisException(
                ErrorCode.FormatTooNew,
                $"{file.Path} has table format {version}; this program knows {SSTableFormat.FormatVersion}.");
        return Parse(footer).Verified(file.Path, fileSize);
    }

    private static SSTableFooter Parse(ReadOnlySpan<byte> footer) => new(
        BlockHandle.ReadFrom(footer),
        BlockHandle.ReadFrom(footer[BlockHandle.Size..]),
        BlockHandle.ReadFrom(footer[(2 * BlockHandle.Size)..]),
        BlockHandle.ReadFrom(footer[(3 * BlockHandle.Size)..]),
        BinaryPrimitives.ReadInt64LittleEndian(footer[FileSizeAt..]));

    private SSTableFooter Verified(string path, long fileSize)
    {
        if (FileSize != fileSize)
            throw FerrisException.Corrupt(path, fileSize, $"a file of {FileSize} bytes", $"{fileSize}");
        foreach (var handle in (ReadOnlySpan<BlockHandle>)[IndexRoot, Properties, Filter, RangeTombstones])
        {
            if (!IsInside(handle, fileSize))
                throw FerrisException.Corrupt(
                    path, fileSize - SSTableFormat.FooterSize, "places in the file", $"{handle}");
        }
        if (Properties.IsAbsent)
            throw FerrisException.Corrupt(path, fileSize - SSTableFormat.FooterSize, "properties", "none");
        return this;
    }

    /// <summary>True if a block lies before the footer of a file of that size.</summary>
    public static bool IsInside(BlockHandle handle, long fileSize) =>
        handle.Offset >= 0 && handle.SizeBytes >= 0
            && handle.Offset <= fileSize - SSTableFormat.FooterSize - handle.SizeBytes;
}
