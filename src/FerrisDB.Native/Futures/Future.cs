namespace FerrisDB.Native;

/// <summary>Something that a C program waits for: it becomes ready once, with a result or an error.</summary>
/// <remarks>
/// <para>Its callbacks run on the network thread, never here: whoever completes a future, or asks for a callback, may
/// hold locks of the program, and a full queue of the program must not stop him.</para>
/// <para>The memory of a result lives until the future is destroyed or released. Thread-safe.</para>
/// </remarks>
internal sealed class Future
{
    // Most futures are ready from the start, and they never take a lock: the state is written last and read first.
    private volatile FutureState _state;
    private int _error;
    private FutureResult _result;
    private int _taken;

    // Under the lock of this object.
    private FutureCallback? _callbacks;
    private Action? _whenCancelled;
    private int _waiters;

    /// <summary>A future that is not ready.</summary>
    public Future()
    {
    }

    private Future(FutureResult result)
    {
        _result = result;
        _state = FutureState.Result;
    }

    private Future(int error)
    {
        _error = error;
        _state = FutureState.Error;
    }

    /// <summary>What the program calls it.</summary>
    public nint Handle { get; set; }

    public bool IsReady => _state != FutureState.Pending;

    /// <summary>The error, 0 if there is none, or that it is not ready.</summary>
    public int Error => _state switch
    {
        FutureState.Pending => (int)ErrorCode.FutureNotSet,
        FutureState.Result => 0,
        FutureState.Error => _error,
        _ => NativeErrors.FutureReleased,
    };

    public static Future WithResult(FutureResult result) => new(result);

    public static Future WithError(int error) => new(error);

    /// <summary>Makes it ready; a result that comes too late is let go.</summary>
    public void Complete(FutureResult result)
    {
        if (!TryEnd(FutureState.Result, 0, result))
            result.Free();
    }

    public void Fail(int error) => TryEnd(FutureState.Error, error, default);

    /// <summary>Whoever works for the future is to know when nobody wants its result any more.</summary>
    public void OnCancel(Action whenCancelled)
    {
        lock (this)
        {
            if (_state == FutureState.Pending)
                _whenCancelled = whenCancelled;
        }
    }

    /// <summary>Nobody wants the result any more. Nothing, if it is there already.</summary>
    public void Cancel()
    {
        if (IsReady)
            return;
        Action? whenCancelled;
        lock (this)
        {
            whenCancelled = _whenCancelled;
        }
        if (TryEnd(FutureState.Error, (int)ErrorCode.OperationCancelled, default))
            whenCancelled?.Invoke();
    }

    /// <summary>Calls a function of the program when the future is ready, or soon if it is.</summary>
    public void AddCallback(nint function, nint argument)
    {
        FutureCallback callback;
        lock (this)
        {
            if (_state == FutureState.Pending)
            {
                _callbacks = new FutureCallback(function, argument, _callbacks);
                return;
            }
            callback = new FutureCallback(function, argument, null);
        }
        // When the network has stopped there is only the thread that asks.
        if (!NetworkThread.TryPost(this, callback))
            NetworkThread.CallBack(this, callback);
    }

    /// <summary>Waits until it is ready. Not on the network thread: it would wait for itself.</summary>
    public void Wait()
    {
        lock (this)
        {
            _waiters++;
            while (_state == FutureState.Pending)
                Monitor.Wait(this);
            _waiters--;
        }
    }

    /// <summary>Gives the result to a getter. Its error, if there is none or it is of another kind.</summary>
    public int Take(FutureKind kind, out FutureResult result)
    {
        result = default;
        if (_state != FutureState.Result)
            return Error;
        if (_result.Kind != kind)
            return (int)ErrorCode.ClientInvalidOperation;
        Interlocked.Increment(ref _taken);
        result = _result;
        return 0;
    }

    /// <summary>Undoes one getter; after the last one the memory goes.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _taken) == 0)
            FreeResult();
    }

    /// <summary>The program lets the future go.</summary>
    public void Destroy()
    {
        Cancel();
        FreeResult();
    }

    private void FreeResult()
    {
        if (Interlocked.CompareExchange(ref _state, FutureState.Released, FutureState.Result) == FutureState.Result)
            _result.Free();
    }

    private bool TryEnd(FutureState state, int error, FutureResult result)
    {
        FutureCallback? callbacks;
        lock (this)
        {
            if (_state != FutureState.Pending)
                return false;
            _error = error;
            _result = result;
            _state = state;
            callbacks = _callbacks;
            _callbacks = null;
            _whenCancelled = null;
            if (_waiters > 0)
                Monitor.PulseAll(this);
        }
        // When the network has stopped nobody is told: this may be a thread that the program does not know.
        if (callbacks is not null)
            NetworkThread.TryPost(this, callbacks);
        return true;
    }
}
