using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>An open file of a <see cref="CrashableFileSystem"/>.</summary>
internal sealed class CrashableFile(
    CrashableFileSystem disk, string path, CrashableContent content, bool canWrite) : IFile
{
    private volatile bool _isDisposed;

    public string Path => path;

    public long Length => Content.Current.Length;

    private CrashableContent Content
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return content;
        }
    }

    private CrashableContent WritableContent
    {
        get
        {
            Invariant.That(canWrite);
            return Content;
        }
    }

    public int Read(long offset, Span<byte> destination) => disk.Read(Content, offset, destination);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        Write(offset, data.Span);
        return ValueTask.CompletedTask;
    }

    public void Write(long offset, ReadOnlySpan<byte> data) =>
        disk.Write(DiskOperationKind.Write, path, WritableContent, offset, data);

    public ValueTask SyncAsync()
    {
        var synced = Content;
        disk.Perform(new DiskOperation(DiskOperationKind.Sync, path), _ =>
        {
            synced.Sync();
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask SetLengthAsync(long length)
    {
        Invariant.That(length >= 0);
        var changed = WritableContent;
        disk.Perform(new DiskOperation(DiskOperationKind.SetLength, path, length), operation =>
        {
            changed.SetLength(operation.Offset);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public IFileMapping? TryMap(long length)
    {
        Invariant.That(length > 0 && length <= WritableContent.Current.Length);
        return new Mapping(disk, path, content, length);
    }

    /// <summary>See <see cref="CrashableContent.ForgetUnsynced"/>: what a failed sync does.</summary>
    public void ForgetUnsynced() => disk.ForgetUnsynced(content);

    public void Dispose() => _isDisposed = true;

    private sealed class Mapping(
        CrashableFileSystem disk, string path, CrashableContent content, long length) : IFileMapping
    {
        private volatile bool _isDisposed;

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Invariant.That(offset >= 0 && offset <= length - data.Length);
            disk.Write(DiskOperationKind.MappedWrite, path, content, offset, data);
        }

        public void Dispose() => _isDisposed = true;
    }
}
