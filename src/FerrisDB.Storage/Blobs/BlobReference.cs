namespace FerrisDB.Storage;

// What a table stores instead of a large value, as varints:
//
//     file number, offset of the record, bytes of the record, bytes of the value, number of the record in its file

/// <summary>Where a value lies that lives apart from the tree.</summary>
/// <param name="FileNumber">Names the file: <c>N.blob</c>.</param>
/// <param name="Offset">Where its record begins.</param>
/// <param name="RecordSize">Bytes of the record.</param>
/// <param name="ValueSize">Bytes of the value once decompressed.</param>
/// <param name="Index">Which record of the file it is, from 0.</param>
internal readonly record struct BlobReference(
    long FileNumber, long Offset, int RecordSize, int ValueSize, int Index)
{
    public const int SizeMax = 2 * Varint.MaxSize + 3 * 5;

    public long End => Offset + RecordSize;

    /// <summary>Writes it and returns the count of bytes. There must be room for <see cref="SizeMax"/>.</summary>
    public int WriteTo(Span<byte> destination)
    {
        var size = Varint.Write(destination, (ulong)FileNumber);
        size += Varint.Write(destination[size..], (ulong)Offset);
        size += Varint.Write(destination[size..], (ulong)RecordSize);
        size += Varint.Write(destination[size..], (ulong)ValueSize);
        return size + Varint.Write(destination[size..], (ulong)Index);
    }

    /// <summary>False unless the bytes are a reference and nothing else. Says nothing about the file.</summary>
    public static bool TryRead(ReadOnlySpan<byte> encoded, out BlobReference reference)
    {
        reference = default;
        var position = 0;
        if (!Varint.TryRead(encoded, ref position, out var fileNumber) || fileNumber is 0 or > long.MaxValue
            || !Varint.TryRead(encoded, ref position, out var offset) || offset is < BlobFormat.HeaderSize or > Far
            || !Varint.TryRead(encoded, ref position, out var recordSize)
            || recordSize is < BlobFormat.RecordHeaderSize or > BlobFormat.MaxRecordBytes
            || !Varint.TryRead(encoded, ref position, out var valueSize) || valueSize > BlobFormat.MaxRecordBytes
            || !Varint.TryRead(encoded, ref position, out var index) || index > int.MaxValue
            || position != encoded.Length)
            return false;
        reference = new BlobReference((long)fileNumber, (long)offset, (int)recordSize, (int)valueSize, (int)index);
        return true;
    }

    // No file is that long, and no sum of two such numbers overflows.
    private const ulong Far = long.MaxValue / 2;

    public override string ToString() =>
        $"{RecordSize} bytes at {Offset} of {FileNumber}.blob, record {Index}, {ValueSize} bytes of value";
}
