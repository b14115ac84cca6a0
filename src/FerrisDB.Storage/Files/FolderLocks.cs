namespace FerrisDB.Storage;

/// <summary>Locks on the files of a disk that this process alone can see.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FolderLocks
{
    private const int Exclusive = -1;

    private readonly Lock _lock = new();

    /// <summary>Path to the count of shared holders, or <see cref="Exclusive"/>; absent when unlocked.</summary>
    private readonly Dictionary<string, int> _holders = new(StringComparer.Ordinal);

    public IDisposable Acquire(string path, bool exclusive)
    {
        lock (_lock)
        {
            var isHeld = _holders.TryGetValue(path, out var holders);
            if (isHeld && (exclusive || holders == Exclusive))
                throw LockedBy(path, Environment.ProcessId);
            _holders[path] = exclusive ? Exclusive : holders + 1;
            return new Holder(this, path);
        }
    }

    /// <summary>The error of whoever comes second.</summary>
    /// <param name="path">The file that carries the lock.</param>
    /// <param name="processId">The owner, or null if it is not known: readers leave no trace.</param>
    public static FerrisException LockedBy(string path, int? processId)
    {
        var owner = processId switch
        {
            null => "by a process that reads it",
            var id when id == Environment.ProcessId => $"by this process ({id})",
            _ => $"by process {processId}",
        };
        return new FerrisException(
            ErrorCode.FolderLocked, $"{path} is locked {owner}. One process at a time may write a folder: close it there.");
    }

    private void Release(string path)
    {
        lock (_lock)
        {
            var holders = _holders[path];
            if (holders > 1)
                _holders[path] = holders - 1;
            else
                _holders.Remove(path);
        }
    }

    private sealed class Holder(FolderLocks locks, string path) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                locks.Release(path);
        }
    }
}
