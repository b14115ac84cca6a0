using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>An open file of a <see cref="FaultyFileSystem"/>.</summary>
internal sealed class FaultyFile(FaultyFileSystem disk, IFile inner) : IFile
{
    public string Path => inner.Path;

    public long Length => inner.Length;

    public int Read(long offset, Span<byte> destination)
    {
        disk.Perform(new DiskOperation(DiskOperationKind.Read, Path, offset, destination.Length));
        var count = inner.Read(offset, destination);
        return disk.Distort(Path, offset, destination[..count]);
    }

    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        if (disk.Begin(new DiskOperation(DiskOperationKind.Write, Path, offset, data.Length)) is { } error)
        {
            await inner.WriteAsync(offset, data[..(data.Length / 2)]);
            throw error;
        }

        await inner.WriteAsync(offset, data);
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (disk.Begin(new DiskOperation(DiskOperationKind.Write, Path, offset, data.Length)) is { } error)
        {
            inner.Write(offset, data[..(data.Length / 2)]);
            throw error;
        }

        inner.Write(offset, data);
    }

    public ValueTask SyncAsync()
    {
        if (disk.Begin(new DiskOperation(DiskOperationKind.Sync, Path)) is not { } error)
            return inner.SyncAsync();
        if (disk.FailedSyncLosesData && inner is CrashableFile file)
            file.ForgetUnsynced();
        return ValueTask.FromException(error);
    }

    public ValueTask SetLengthAsync(long length) =>
        disk.Begin(new DiskOperation(DiskOperationKind.SetLength, Path, length)) is { } error
            ? ValueTask.FromException(error)
            : inner.SetLengthAsync(length);

    public IFileMapping? TryMap(long length)
    {
        var mapping = disk.WouldFailMappedWrites(Path) ? null : inner.TryMap(length);
        return mapping is null ? null : new Mapping(disk, mapping, Path);
    }

    public void Dispose() => inner.Dispose();

    private sealed class Mapping(FaultyFileSystem disk, IFileMapping inner, string path) : IFileMapping
    {
        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            _ = disk.Begin(new DiskOperation(DiskOperationKind.MappedWrite, path, offset, data.Length));
            inner.Write(offset, data);
        }

        public void Dispose() => inner.Dispose();
    }
}
