namespace FerrisDB.Storage;

/// <summary>An open file of a <see cref="MemoryFileSystem"/>.</summary>
internal sealed class MemoryFile(string path, MemoryFileContent content, bool canWrite) : IFile
{
    private volatile bool _isDisposed;

    public string Path => path;

    public long Length => Content.Length;

    private MemoryFileContent Content
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return content;
        }
    }

    private MemoryFileContent WritableContent
    {
        get
        {
            Invariant.That(canWrite);
            return Content;
        }
    }

    public int Read(long offset, Span<byte> destination) => Content.Read(offset, destination);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        WritableContent.Write(offset, data.Span);
        return ValueTask.CompletedTask;
    }

    public void Write(long offset, ReadOnlySpan<byte> data) => WritableContent.Write(offset, data);

    public ValueTask SyncAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ValueTask.CompletedTask;
    }

    public ValueTask SetLengthAsync(long length)
    {
        WritableContent.SetLength(length);
        return ValueTask.CompletedTask;
    }

    public IFileMapping? TryMap(long length)
    {
        Invariant.That(length > 0 && length <= WritableContent.Length);
        return new Mapping(content, length);
    }

    public void Dispose() => _isDisposed = true;

    private sealed class Mapping(MemoryFileContent content, long length) : IFileMapping
    {
        private volatile bool _isDisposed;

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Invariant.That(offset >= 0 && offset + data.Length <= length);
            content.Write(offset, data);
        }

        public void Dispose() => _isDisposed = true;
    }
}
