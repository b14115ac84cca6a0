using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>The two ends of a blob (<see cref="BlobFormat"/>): what they say, written and checked.</summary>
internal readonly record struct BlobFooter(long RecordCount, long ValueBytes, long FileSize)
{
    private const int VersionAt = 3 * sizeof(ulong);
    private const int ChecksumAt = VersionAt + sizeof(uint);
    private const int MagicAt = ChecksumAt + sizeof(uint);

    public static void WriteHeader(Span<byte> destination, long fileNumber)
    {
        var header = destination[..BlobFormat.HeaderSize];
        header.Clear();
        BlobFormat.HeaderMagic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], BlobFormat.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], fileNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Crc32C.Of(header[..28]));
    }

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, RecordCount);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], ValueBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], FileSize);
        BinaryPrimitives.WriteInt32LittleEndian(destination[VersionAt..], BlobFormat.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumAt..], Crc32C.Of(destination[..ChecksumAt]));
        BlobFormat.FooterMagic.CopyTo(destination[MagicAt..]);
    }

    /// <summary>Reads and checks header and footer.</summary>
    /// <param name="file">A blob.</param>
    /// <param name="fileNumber">The number that it must have; null if its name does not say.</param>
    public static BlobFooter Read(IFile file, long? fileNumber)
    {
        var fileSize = file.Length;
        const int sizeMin = BlobFormat.HeaderSize + BlobFormat.FooterSize;
        if (fileSize < sizeMin)
            throw FerrisException.Corrupt(file.Path, 0, $"a blob of at least {sizeMin} bytes", $"{fileSize}");
        CheckHeader(file, fileNumber);

        var offset = fileSize - BlobFormat.FooterSize;
        Span<byte> footer = stackalloc byte[BlobFormat.FooterSize];
        if (file.Read(offset, footer) != footer.Length)
            throw FerrisException.Corrupt(file.Path, offset, "a footer", "the end of the file");
        if (!footer[MagicAt..].SequenceEqual(BlobFormat.FooterMagic))
            throw FerrisException.Corrupt(
                file.Path, offset + MagicAt, "the magic FerrisBL", Convert.ToHexString(footer[MagicAt..]));
        CheckChecksum(footer[..ChecksumAt], footer[ChecksumAt..], file.Path, offset + ChecksumAt);
        CheckVersion(BinaryPrimitives.ReadInt32LittleEndian(footer[VersionAt..]), file.Path, offset + VersionAt);
        var read = new BlobFooter(
            BinaryPrimitives.ReadInt64LittleEndian(footer),
            BinaryPrimitives.ReadInt64LittleEndian(footer[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(footer[16..]));
        if (read.FileSize != fileSize)
            throw FerrisException.Corrupt(file.Path, offset + 16, $"a file of {read.FileSize} bytes", $"{fileSize}");
        var recordsMax = Math.Min((fileSize - sizeMin) / BlobFormat.RecordHeaderSize, int.MaxValue);
        if (read.RecordCount < 0 || read.RecordCount > recordsMax)
            throw FerrisException.Corrupt(file.Path, offset, $"at most {recordsMax} records", $"{read.RecordCount}");
        return read;
    }

    private static void CheckHeader(IFile file, long? fileNumber)
    {
        Span<byte> header = stackalloc byte[BlobFormat.HeaderSize];
        if (file.Read(0, header) != header.Length)
            throw FerrisException.Corrupt(file.Path, 0, "a header", "the end of the file");
        if (!header.StartsWith(BlobFormat.HeaderMagic))
            throw FerrisException.Corrupt(file.Path, 0, "the magic FERRISBL", Convert.ToHexString(header[..8]));
        CheckChecksum(header[..28], header[28..], file.Path, 28);
        CheckVersion(BinaryPrimitives.ReadInt32LittleEndian(header[8..]), file.Path, 8);
        var number = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (fileNumber is not null && number != fileNumber)
            throw FerrisException.Corrupt(file.Path, 16, $"number {fileNumber}", $"{number}");
        foreach (var at in (ReadOnlySpan<int>)[12, 24])
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(header[at..]) != 0)
                throw FerrisException.Corrupt(file.Path, at, "zero", Convert.ToHexString(header.Slice(at, 4)));
        }
    }

    private static void CheckChecksum(ReadOnlySpan<byte> content, ReadOnlySpan<byte> stored, string path, long offset)
    {
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(stored);
        var found = Crc32C.Of(content);
        if (expected != found)
            throw FerrisException.Corrupt(path, offset, $"checksum {expected:x8}", $"{found:x8}");
    }

    private static void CheckVersion(int version, string path, long offset)
    {
        if (version > BlobFormat.FormatVersion)
        {
            throw new FerrisException(
                ErrorCode.FormatTooNew,
                $"{path} has blob format {version}; this program reads up to {BlobFormat.FormatVersion}. "
                    + "Use a newer FerrisDB.");
        }
        if (version < 1)
            throw FerrisException.Corrupt(
                path, offset, $"a format version from 1 to {BlobFormat.FormatVersion}", $"{version}");
    }
}
