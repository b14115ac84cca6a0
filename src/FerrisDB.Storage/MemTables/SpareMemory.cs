namespace FerrisDB.Storage;

/// <summary>The memory of the MemTable that was freed last, kept for the one that comes next.</summary>
/// <remarks>
/// Whoever writes fills MemTable after MemTable, and to touch memory for the first time costs more than to write to it:
/// the system zeroes each page, and of a virtual machine the host may have to find it first. So one is kept, as long
/// as the tree lives: no more memory than there was while the last one was flushed. Thread-safe.
/// </remarks>
internal sealed class SpareMemory : IDisposable
{
    private NativeBuffer? _spare;
    private volatile bool _isDisposed;

    /// <summary>Memory of exactly that many bytes, with any content, or null.</summary>
    public NativeBuffer? TryTake(int bytes)
    {
        var spare = Interlocked.Exchange(ref _spare, null);
        if (spare is null || spare.Length == bytes)
            return spare;
        spare.Dispose();
        return null;
    }

    /// <summary>Takes over memory that nobody uses any more.</summary>
    public void Give(NativeBuffer buffer)
    {
        Interlocked.Exchange(ref _spare, buffer)?.Dispose();
        // It may have been disposed before the exchange, which then nobody undoes but this.
        if (_isDisposed)
            Free();
    }

    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        Free();
    }

    private void Free() => Interlocked.Exchange(ref _spare, null)?.Dispose();
}
