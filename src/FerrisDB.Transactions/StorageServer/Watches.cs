namespace FerrisDB.Transactions;

// A watch must not miss a change, though it is added while others commit:
//
//     watcher:  add to the list   then   read the key        (fires if it differs from what was seen)
//     writer:   publish           then   look at the list    (reads the key of each watch that it touched)
//
// Each stores first and loads second, with a full fence between (a lock is one): so at least one of them sees the
// other.

/// <summary>The watches that are armed, by key.</summary>
/// <remarks>Thread-safe. Continuations never run on the thread of the commit that fires a watch.</remarks>
internal sealed class Watches(StorageServer storage)
{
    private readonly Lock _lock = new();

    // Under the lock. Sorted, so that the keys in a cleared range are found.
    private readonly SortedList<byte[], List<Watch>> _byKey = new(KeyOrder.Instance);
    private FerrisException? _closed;
    private int _count;

    /// <summary>Watches that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Arms a watch: from now on it fires at the next change, or at once if there was one already.</summary>
    public void Add(Watch watch)
    {
        lock (_lock)
        {
            if (_closed is { } error)
            {
                watch.Fail(error);
                return;
            }
            if (!_byKey.TryGetValue(watch.Key, out var watches))
                _byKey.Add(watch.Key, watches = []);
            watches.Add(watch);
            Interlocked.Increment(ref _count);
        }
        Check(watch);
    }

    /// <summary>Lets a watch go that nobody waits for any more.</summary>
    public void Remove(Watch watch)
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(watch.Key, out var watches) || !watches.Remove(watch))
                return;
            if (watches.Count == 0)
                _byKey.Remove(watch.Key);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Called after a batch was published: fires what it has changed.</summary>
    public void Published(ReadOnlySpan<byte> canonicalBatch)
    {
        Interlocked.MemoryBarrier();
        if (Count == 0)
            return;
        List<Watch> touched = [];
        lock (_lock)
        {
            var reader = new BatchReader(canonicalBatch);
            while (reader.TryNext(out var entry))
                AddTouched(entry, touched);
        }
        foreach (var watch in touched)
            Check(watch);
    }

    /// <summary>As <see cref="Published(ReadOnlySpan{byte})"/>, of a range whose keys may have changed.</summary>
    public void Published(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        Interlocked.MemoryBarrier();
        if (Count == 0)
            return;
        List<Watch> touched = [];
        lock (_lock)
            AddTouched(begin, end, touched);
        foreach (var watch in touched)
            Check(watch);
    }

    /// <summary>Fails all watches, and those that come later.</summary>
    public void Close(FerrisException error)
    {
        lock (_lock)
        {
            _closed = error;
            foreach (var watch in _byKey.Values.SelectMany(watches => watches))
                watch.Fail(error);
            _byKey.Clear();
            _count = 0;
        }
    }

    private void AddTouched(BatchEntry entry, List<Watch> touched)
    {
        if (entry.Kind == BatchEntryKind.DeleteRange)
        {
            AddTouched(entry.Key, entry.End, touched);
            return;
        }
        var index = FirstAtOrAfter(entry.Key);
        if (index < _byKey.Count && entry.Key.SequenceEqual(_byKey.GetKeyAtIndex(index)))
            touched.AddRange(_byKey.GetValueAtIndex(index));
    }

    private void AddTouched(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, List<Watch> touched)
    {
        for (var index = FirstAtOrAfter(begin);
            index < _byKey.Count && end.SequenceCompareTo(_byKey.GetKeyAtIndex(index)) > 0; index++)
            touched.AddRange(_byKey.GetValueAtIndex(index));
    }

    private int FirstAtOrAfter(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _byKey.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (key.SequenceCompareTo(_byKey.GetKeyAtIndex(middle)) > 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    // Never throws: whoever's commit this is has nothing to do with what the watch meets.
    private void Check(Watch watch)
    {
        try
        {
            if (!watch.Differs(storage.Get(watch.Key, storage.LastVersion, isHeld: true)))
                return;
            Remove(watch);
            watch.Fire();
        }
        catch (FerrisException unreadable)
        {
            Remove(watch);
            watch.Fail(unreadable);
        }
        catch (ObjectDisposedException)
        {
            // Closing fails all watches.
        }
    }

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}
