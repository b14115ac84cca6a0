using System.Collections.Concurrent;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

/// <summary>
/// A disk whose syncs stay pending while it is paused: as in a simulation no thread waits in them, or, as on a real
/// disk, the one that syncs does.
/// </summary>
internal sealed class PausableDisk(IFileSystem inner) : IFileSystem
{
    private readonly ConcurrentQueue<TaskCompletionSource> _pending = new();

    public bool IsPaused { get; set; }

    /// <summary>True if the thread that syncs waits.</summary>
    public bool Blocks { get; init; }

    /// <summary>Released by each sync that waits.</summary>
    public SemaphoreSlim Waiting { get; } = new(0);

    public int SyncCount { get; private set; }

    public int PendingSyncs => _pending.Count;

    /// <summary>Completes the oldest pending sync.</summary>
    public void CompleteSync() => Next().SetResult();

    public void FailSync() => Next().SetException(new FerrisException(ErrorCode.IoError, "The disk is broken."));

    public IFile Create(string path) => new PausableFile(this, inner.Create(path));

    public IFile Open(string path, FileAccess access) => new PausableFile(this, inner.Open(path, access));

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public bool TryLink(string existing, string link) => inner.TryLink(existing, link);

    public FileStamp? StampOf(string path) => inner.StampOf(path);

    public ValueTask SyncDirectoryAsync(string path) => inner.SyncDirectoryAsync(path);

    public IDisposable Lock(string path, bool exclusive) => inner.Lock(path, exclusive);

    public long AvailableBytes(string path) => inner.AvailableBytes(path);

    private ValueTask SyncAsync(IFile file)
    {
        SyncCount++;
        if (!IsPaused)
            return file.SyncAsync();
        var sync = new TaskCompletionSource();
        _pending.Enqueue(sync);
        Waiting.Release();
        if (Blocks)
            sync.Task.GetAwaiter().GetResult();
        return new ValueTask(sync.Task);
    }

    private TaskCompletionSource Next()
    {
        Assert.True(_pending.TryDequeue(out var sync));
        return sync;
    }

    private sealed class PausableFile(PausableDisk disk, IFile inner) : IFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data) => inner.WriteAsync(offset, data);

        public void Write(long offset, ReadOnlySpan<byte> data) => inner.Write(offset, data);

        public ValueTask SyncAsync() => disk.SyncAsync(inner);

        public ValueTask SetLengthAsync(long length) => inner.SetLengthAsync(length);

        public IFileMapping? TryMap(long length) => inner.TryMap(length);

        public void Dispose() => inner.Dispose();
    }
}
