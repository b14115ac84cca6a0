namespace FerrisDB.Storage;

/// <summary>The first bytes of a file, and then some that are not in it. Owns the file.</summary>
internal sealed class FileContentStream(IFile file, long sizeBytes, ReadOnlyMemory<byte> tail = default)
    : ForwardStream
{
    private long _offset;

    public override long Length => sizeBytes + tail.Length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_offset < sizeBytes ? ReadFile(buffer.Span) : ReadTail(buffer.Span));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private int ReadFile(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, sizeBytes - _offset);
        var read = file.Read(_offset, buffer[..count]);
        if (read < count)
            throw FerrisException.Corrupt(file.Path, _offset + read, $"{sizeBytes} bytes", "the end of the file");
        _offset += count;
        return count;
    }

    private int ReadTail(Span<byte> buffer)
    {
        var from = (int)(_offset - sizeBytes);
        var count = Math.Min(buffer.Length, tail.Length - from);
        tail.Span.Slice(from, count).CopyTo(buffer);
        _offset += count;
        return count;
    }
}
