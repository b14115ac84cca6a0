namespace FerrisDB.Storage;

/// <summary>
/// Counts who needs something. Begins at one, for who made it; at zero it is gone, and nobody gets it any more.
/// </summary>
/// <remarks>Thread-safe. A field of this type must not be readonly, and is never copied.</remarks>
internal struct ReferenceCount()
{
    private int _count = 1;

    /// <summary>May be stale as soon as it is read.</summary>
    public readonly int Value => Volatile.Read(in _count);

    /// <summary>Takes a reference unless the last one is gone.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref _count);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Gives one back. True if it was the last: the caller cleans up.</summary>
    public bool Release()
    {
        var left = Interlocked.Decrement(ref _count);
        Invariant.That(left >= 0);
        return left == 0;
    }
}
