namespace FerrisDB.Storage;

/// <summary>Writes a blob (<see cref="BlobFormat"/>) to a new file: values in the order in which they come.</summary>
/// <remarks>
/// For one thread at a time. What is added is kept in memory until <see cref="WritePendingAsync"/>; adding allocates
/// nothing once the buffer has grown.
/// </remarks>
internal sealed class BlobWriter : IDisposable
{
    // Whole pages at page boundaries can go past the page cache.
    private const int WriteAlignment = 4096;

    private readonly IFile _file;
    private readonly long _fileNumber;
    private readonly Compression _compression;
    private readonly OutputBuffer _output = new(256 << 10);
    private long _writtenBytes;
    private long _valueBytes;
    private int _recordCount;
    private bool _isFinished;

    public BlobWriter(IFile file, long fileNumber, Compression compression)
    {
        _file = file;
        _fileNumber = fileNumber;
        _compression = compression;
        BlobFooter.WriteHeader(_output.Room(BlobFormat.HeaderSize), fileNumber);
        _output.Advance(BlobFormat.HeaderSize);
    }

    /// <summary>Bytes in memory that <see cref="WritePendingAsync"/> would write.</summary>
    public int PendingBytes => _output.Length;

    /// <summary>Bytes of the file so far.</summary>
    public long SizeBytes => _writtenBytes + _output.Length;

    /// <summary>True if no other record has a number any more.</summary>
    public bool IsFull => _recordCount == int.MaxValue;

    /// <summary>Adds a value and returns where it will be.</summary>
    public BlobReference Add(ReadOnlySpan<byte> key, long version, ReadOnlySpan<byte> value)
    {
        var record = Reserve(key, value.Length);
        var compression = _compression;
        var body = record[(BlobFormat.RecordHeaderSize + key.Length)..];
        var stored = BlockCodec.TryCompress(compression, value, body);
        if (stored == 0)
        {
            compression = Compression.None;
            stored = value.Length;
            value.CopyTo(body);
        }
        record = record[..(BlobFormat.RecordHeaderSize + key.Length + stored)];
        return Take(record, key, version, value.Length, compression);
    }

    /// <summary>Adds a value as it lay in another blob, without compressing it anew.</summary>
    public BlobReference Add(BlobRecord source)
    {
        var record = Reserve(source.Key, source.Stored.Length);
        source.Stored.CopyTo(record[(BlobFormat.RecordHeaderSize + source.Key.Length)..]);
        return Take(record, source.Key, source.Version, source.ValueSize, source.Compression);
    }

    /// <summary>Writes what is in memory, up to the last page boundary. Nothing may be added meanwhile.</summary>
    public async ValueTask WritePendingAsync()
    {
        var bytes = _output.Length / WriteAlignment * WriteAlignment;
        if (bytes > 0)
            await WriteAsync(bytes);
    }

    /// <summary>Ends the file and makes it durable.</summary>
    public async ValueTask<BlobMetadata> FinishAsync()
    {
        Invariant.That(!_isFinished && _recordCount > 0);
        _isFinished = true;
        WriteFooter();
        await WritePendingAsync();
        if (_output.Length > 0)
            await WriteAsync(_output.Length);
        await _file.SyncAsync();
        return new BlobMetadata(_fileNumber, _writtenBytes, _recordCount);
    }

    /// <summary>Frees the buffer. The file stays open: it is the caller's.</summary>
    public void Dispose() => _output.Dispose();

    private Span<byte> Reserve(ReadOnlySpan<byte> key, int storedSizeMax)
    {
        Invariant.That(!_isFinished && !IsFull);
        var size = checked(BlobFormat.RecordHeaderSize + key.Length + storedSizeMax);
        var record = _output.Room(size);
        key.CopyTo(record[BlobFormat.RecordHeaderSize..]);
        return record;
    }

    private BlobReference Take(
        Span<byte> record, ReadOnlySpan<byte> key, long version, int valueSize, Compression compression)
    {
        var offset = SizeBytes;
        BlobRecord.Seal(record, offset, key.Length, valueSize, version, compression);
        _output.Advance(record.Length);
        _valueBytes += valueSize;
        return new BlobReference(_fileNumber, offset, record.Length, valueSize, _recordCount++);
    }

    private void WriteFooter()
    {
        var footer = new BlobFooter(_recordCount, _valueBytes, SizeBytes + BlobFormat.FooterSize);
        footer.WriteTo(_output.Room(BlobFormat.FooterSize));
        _output.Advance(BlobFormat.FooterSize);
    }

    private async ValueTask WriteAsync(int bytes)
    {
        await _file.WriteAsync(_writtenBytes, _output.First(bytes));
        // The disk works while the next piece is made; the sync at the end would wait for all of them.
        _file.BeginSync(_writtenBytes, bytes);
        _writtenBytes += bytes;
        _output.RemoveFirst(bytes);
    }
}
