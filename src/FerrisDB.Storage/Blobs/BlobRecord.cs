using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>One record of a blob as it is stored: whose value it is, and the value, compressed perhaps.</summary>
internal readonly ref struct BlobRecord
{
    private BlobRecord(
        ReadOnlySpan<byte> key, long version, Compression compression, int valueSize, ReadOnlySpan<byte> stored)
    {
        Key = key;
        Version = version;
        Compression = compression;
        ValueSize = valueSize;
        Stored = stored;
    }

    public ReadOnlySpan<byte> Key { get; }

    public long Version { get; }

    public Compression Compression { get; }

    /// <summary>Bytes of the value once decompressed.</summary>
    public int ValueSize { get; }

    /// <summary>The value as it lies in the file.</summary>
    public ReadOnlySpan<byte> Stored { get; }

    public int SizeBytes => BlobFormat.RecordHeaderSize + Key.Length + Stored.Length;

    /// <summary>Writes the header in front of key and value, which are in their places already.</summary>
    public static void Seal(
        Span<byte> record, long offset, int keySize, int valueSize, long version, Compression compression)
    {
        var storedSize = record.Length - BlobFormat.RecordHeaderSize - keySize;
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], keySize);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], valueSize);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], storedSize);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], ((ulong)version << 8) | (byte)compression);
        BinaryPrimitives.WriteUInt32LittleEndian(record, ChecksumOf(record[sizeof(uint)..], offset));
    }

    /// <summary>
    /// The size that the record says that it has, or 0 if no record can begin so. Not checked by the checksum yet.
    /// </summary>
    public static long PeekSize(ReadOnlySpan<byte> header)
    {
        var keySize = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var storedSize = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        var size = (long)BlobFormat.RecordHeaderSize + keySize + storedSize;
        return size <= BlobFormat.MaxRecordBytes ? size : 0;
    }

    /// <summary>Checks everything about a record but what its value decompresses to.</summary>
    /// <param name="record">All of it.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="offset">Where in the file it lies.</param>
    public static BlobRecord Verify(ReadOnlySpan<byte> record, string path, long offset)
    {
        if (record.Length < BlobFormat.RecordHeaderSize)
            throw FerrisException.Corrupt(
                path, offset, $"a record of at least {BlobFormat.RecordHeaderSize} bytes", $"{record.Length}");
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(record);
        var found = ChecksumOf(record[sizeof(uint)..], offset);
        if (expected != found)
            throw FerrisException.Corrupt(path, offset, $"checksum {expected:x8}", $"{found:x8}");
        if (PeekSize(record) != record.Length)
            throw FerrisException.Corrupt(path, offset, $"a record of {record.Length} bytes", $"{PeekSize(record)}");
        var keySize = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
        var valueSize = BinaryPrimitives.ReadUInt32LittleEndian(record[8..]);
        var tag = BinaryPrimitives.ReadUInt64LittleEndian(record[16..]);
        var compression = (Compression)(byte)tag;
        var stored = record[(BlobFormat.RecordHeaderSize + keySize)..];
        if (valueSize > BlobFormat.MaxRecordBytes || !BlockCodec.IsPlausible(compression, stored.Length, valueSize))
            throw FerrisException.Corrupt(
                path, offset, $"{stored.Length} bytes of compression {compression}", $"a value of {valueSize}");
        var key = record.Slice(BlobFormat.RecordHeaderSize, keySize);
        return new BlobRecord(key, (long)(tag >> 8), compression, (int)valueSize, stored);
    }

    /// <summary>As <see cref="Verify"/>, and it must be the record that an entry of a table refers to.</summary>
    public static BlobRecord VerifyOf(
        ReadOnlySpan<byte> record, string path, BlobReference reference, ReadOnlySpan<byte> key, long version)
    {
        var verified = Verify(record, path, reference.Offset);
        if (verified.ValueSize != reference.ValueSize || verified.Version != version
            || !verified.Key.SequenceEqual(key))
        {
            throw FerrisException.Corrupt(
                path, reference.Offset, $"{reference.ValueSize} bytes of {KeyText.Of(key)} @{version}",
                $"{verified.ValueSize} bytes of {KeyText.Of(verified.Key)} @{verified.Version}");
        }
        return verified;
    }

    /// <summary>Fills a span of <see cref="ValueSize"/> with the value.</summary>
    public void CopyValueTo(Span<byte> destination, string path, long offset)
    {
        if (!BlockCodec.TryDecompress(Compression, Stored, destination))
            throw FerrisException.Corrupt(path, offset, $"{ValueSize} bytes of {Compression}", "something else");
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes, long offset)
    {
        // With the offset in it, a record that the disk wrote or read at the wrong place does not pass.
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        return Crc32C.Extend(Crc32C.Of(bytes), place);
    }
}
