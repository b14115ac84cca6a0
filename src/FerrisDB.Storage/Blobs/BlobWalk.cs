namespace FerrisDB.Storage;

/// <summary>Goes through the records of a blob, for those who want to see all of it.</summary>
internal sealed class BlobWalk
{
    private readonly IFile _file;
    private readonly long _end;
    private byte[] _buffer = new byte[64 << 10];
    private long _sizeBytes;

    /// <param name="file">A blob whose header and footer need not be whole.</param>
    public BlobWalk(IFile file)
    {
        _file = file;
        _end = Math.Max(BlobFormat.HeaderSize, file.Length - BlobFormat.FooterSize);
        Offset = BlobFormat.HeaderSize;
    }

    /// <summary>Where the record of the last <see cref="Read"/> begins, or the next one.</summary>
    public long Offset { get; private set; }

    /// <summary>True if no record is left.</summary>
    public bool IsAtEnd => Offset == _end;

    /// <summary>Bytes of the record at <see cref="Offset"/>, as far as it can be told; 0 if it cannot.</summary>
    public long SizeBytes => _sizeBytes;

    /// <summary>Reads and checks the record at <see cref="Offset"/>; it is valid until the next one is read.</summary>
    public BlobRecord Read()
    {
        Invariant.That(!IsAtEnd);
        _sizeBytes = 0;
        var rest = _end - Offset;
        if (rest < BlobFormat.RecordHeaderSize)
            throw Corrupt($"a record of at least {BlobFormat.RecordHeaderSize} bytes", $"{rest} before the footer");
        Span<byte> header = stackalloc byte[BlobFormat.RecordHeaderSize];
        if (_file.Read(Offset, header) != header.Length)
            throw Corrupt("a record", "the end of the file");
        var size = BlobRecord.PeekSize(header);
        if (size == 0 || size > rest)
            throw Corrupt($"a record of at most {rest} bytes", $"{size}");
        _sizeBytes = size;
        if (_buffer.Length < size)
            _buffer = new byte[size];
        var record = _buffer.AsSpan(0, (int)size);
        if (_file.Read(Offset, record) != record.Length)
            throw Corrupt($"a record of {size} bytes", "the end of the file");
        return BlobRecord.Verify(record, _file.Path, Offset);
    }

    /// <summary>
    /// Goes behind the record that was read last, damaged or not; false if nobody can tell where it ends.
    /// </summary>
    public bool Skip()
    {
        if (_sizeBytes == 0)
            return false;
        Offset += _sizeBytes;
        _sizeBytes = 0;
        return true;
    }

    private FerrisException Corrupt(string expected, string found) =>
        FerrisException.Corrupt(_file.Path, Offset, expected, found);
}
