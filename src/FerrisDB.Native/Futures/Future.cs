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

    // Memory for small values, which stays when the future is used again; zero if it has none.
    private nint _block;

    // Somebody else than the program may still hold it.
    private bool _isHeld;

    // Under the lock of this object.
    private FutureCallback? _callbacks;
    private Action? _whenCancelled;
    private FutureWaiter? _waiters;

    /// <summary>A future that is not ready.</summary>
    public Future()
    {
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

    /// <summary>
    /// Nobody but the program has it, so that it can be used again when the program lets it go. A future that was ever
    /// awaited is whoever's has awaited it, and one with a callback also the network thread's.
    /// </summary>
    public bool MayBeSpare => _state != FutureState.Pending && !_isHeld;

    /// <summary>Makes a new or a spare one ready.</summary>
    public void Begin(in FutureResult result)
    {
        _result = result;
        _state = FutureState.Result;
    }

    /// <inheritdoc cref="Begin"/>
    /// <param name="value">What the value was read into; null if the key is absent.</param>
    public void BeginWithValue(ValueWriter? value)
    {
        _result = value is null
            ? new FutureResult(FutureKind.Value, 0, 0, 0, false)
            : new FutureResult(FutureKind.Value, 0, value.Detach(ref _block), value.Length, true);
        _state = FutureState.Result;
    }

    /// <inheritdoc cref="Begin"/>
    public void BeginWithError(int error)
    {
        _error = error;
        _state = FutureState.Error;
    }

    /// <summary>Makes it a spare one, with the handle that it has the next time.</summary>
    public void End(nint next)
    {
        FreeResult();
        _taken = 0;
        Handle = next;
    }

    /// <summary>From here on somebody else holds it: whoever completes it.</summary>
    public Future Held()
    {
        _isHeld = true;
        return this;
    }

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
            _isHeld = true;
        }
        // When the network has stopped there is only the thread that asks.
        if (!NetworkThread.TryPost(this, callback))
            NetworkThread.CallBack(this, callback);
    }

    /// <summary>Waits until it is ready. Not on the network thread: it would wait for itself.</summary>
    public void Wait()
    {
        var thread = Waiting.Current;
        lock (this)
        {
            if (_state != FutureState.Pending)
                return;
            _waiters = new FutureWaiter(thread, _waiters);
        }
        Waiting.Wait(thread);
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
        FutureResult.Free(ref _block);
    }

    // Twice is once: a program may release and destroy at the same time.
    private void FreeResult()
    {
        if (_state == FutureState.Result
            && Interlocked.CompareExchange(ref _state, FutureState.Released, FutureState.Result) == FutureState.Result
            && _result.Memory != _block)
            _result.Free();
    }

    private bool TryEnd(FutureState state, int error, FutureResult result)
    {
        FutureCallback? callbacks;
        FutureWaiter? waiters;
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
            waiters = _waiters;
            _waiters = null;
        }
        for (; waiters is not null; waiters = waiters.Next)
            Waiting.Wake(waiters.Thread);
        // When the network has stopped nobody is told: this may be a thread that the program does not know.
        if (callbacks is not null)
            NetworkThread.TryPost(this, callbacks);
        return true;
    }
}
