namespace FerrisDB.Native;

// Most futures are ready when the call returns, are looked at once, and are destroyed by the thread that asked. Such a
// one needs no object, no slot of the handle table and no memory that has not been there before: each thread keeps some
// that it has destroyed, and uses them in turn. The slot stays theirs and counts its generation up, so that an old
// handle leads nowhere, as if the slot had been freed.
//
//     get ──► oldest spare, or a new one ──► program ──► destroy ──► newest spare, or freed if there are enough
//
// Not those that a thread may still wait for or call back of: see Future.MayBeSpare.

/// <summary>Futures that a thread uses again.</summary>
/// <remarks>Of one thread. When it has ended, the finalizer gives back what it has kept.</remarks>
internal sealed class SpareFutures
{
    private const int CountMax = 16;

    // Used in turn, so that it takes half a million futures until a slot's generations begin again.
    private const int CountMin = 8;

    [ThreadStatic]
    private static SpareFutures? _ofThread;

    private readonly Future[] _ring = new Future[CountMax];
    private int _first;
    private int _count;
    private ValueWriter _writer = new();

    ~SpareFutures()
    {
        for (; _count > 0; _count--)
            HandleTable.Remove<Future>(TakeOldest().Handle)?.Destroy();
        _writer.Free();
    }

    /// <summary>Those of the calling thread.</summary>
    public static SpareFutures OfThread => _ofThread ??= new SpareFutures();

    /// <summary>Those that it has at the moment.</summary>
    public int Count => _count;

    /// <summary>The future of a read of this process: the most frequent of all.</summary>
    public nint Read(Transaction transaction, ReadOnlySpan<byte> key, bool isSnapshot)
    {
        var writer = _writer;
        writer.Clear();
        var reading = isSnapshot
            ? transaction.Snapshot.TryGetAsync(key, writer)
            : transaction.TryGetAsync(key, writer);
        if (reading.IsCompletedSuccessfully)
        {
            var future = Take();
            future.BeginWithValue(reading.Result ? writer : null);
            return future.Handle;
        }
        if (reading.IsFaulted)
            return FutureHandles.Failed(reading.AsTask().Exception!.InnerException!);
        // Somebody may write there later.
        _writer = new ValueWriter();
        return FutureHandles.From(reading, writer);
    }

    /// <summary>A future that has its result.</summary>
    public nint Ready(in FutureResult result)
    {
        var future = Take();
        future.Begin(result);
        return future.Handle;
    }

    /// <summary>A future that has failed.</summary>
    public nint Failed(int error)
    {
        var future = Take();
        future.BeginWithError(error);
        return future.Handle;
    }

    /// <summary>Ends a handle, and keeps its future for another one. False if nothing was done.</summary>
    public bool TryKeep(nint handle, Future future)
    {
        if (_count == CountMax || !future.MayBeSpare)
            return false;
        var next = HandleTable.Renew(handle, future);
        if (next == 0)
            return false;
        future.End(next);
        _ring[(_first + _count++) % CountMax] = future;
        return true;
    }

    private Future Take()
    {
        if (_count > CountMin)
        {
            _count--;
            return TakeOldest();
        }
        var future = new Future();
        future.Handle = HandleTable.Add(future);
        return future;
    }

    private Future TakeOldest()
    {
        var future = _ring[_first];
        _first = (_first + 1) % CountMax;
        return future;
    }
}
