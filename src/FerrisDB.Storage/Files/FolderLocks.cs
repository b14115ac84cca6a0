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
                throw FileErrors.Locked(path, Environment.ProcessId);
            _holders[path] = exclusive ? Exclusive : holders + 1;
            return new Holder(this, path);
        }
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
