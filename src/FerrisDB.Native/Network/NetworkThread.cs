namespace FerrisDB.Native;

/// <summary>
/// The thread that a program gives us in <c>fdb_run_network</c>. There is no network: it runs the program's callbacks,
/// so that they never run on a thread that the program does not know.
/// </summary>
internal static class NetworkThread
{
    private const int NoThread = -1;

    private static readonly Lock Turn = new();
    private static readonly SemaphoreSlim Wake = new(0);
    private static readonly List<(nint Function, nint Argument)> Hooks = [];

    // Under the lock.
    private static Queue<(Future Future, FutureCallback Callbacks)> _queue = new();
    private static NetworkPhase _phase;
    private static bool _isAsleep;

    private static volatile int _threadId = NoThread;

    // Written by the network thread.
    private static long _busyTicks;
    private static long _startedAt;

    /// <summary>The calling thread is the network thread.</summary>
    public static bool IsCurrent => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>The network has been set up, and perhaps stopped.</summary>
    public static bool IsSetUp
    {
        get
        {
            lock (Turn)
                return _phase != NetworkPhase.None;
        }
    }

    /// <summary>The share of its time, 0 to 1, that the thread has spent in callbacks; a trace above zero while it
    /// runs.</summary>
    public static double Busyness
    {
        get
        {
            var clock = TimeProvider.System;
            var elapsed = clock.GetTimestamp() - Volatile.Read(ref _startedAt);
            return _threadId == NoThread || elapsed <= 0
                ? 0
                : Math.Clamp(Volatile.Read(ref _busyTicks) / (double)elapsed, 1e-6, 1);
        }
    }

    /// <summary>Allows to run. The error, if that was done before.</summary>
    public static int SetUp()
    {
        lock (Turn)
        {
            if (_phase != NetworkPhase.None)
                return NativeErrors.NetworkAlreadySetup;
            _phase = NetworkPhase.SetUp;
            return 0;
        }
    }

    /// <summary>Runs callbacks on the calling thread until somebody stops it.</summary>
    public static int Run()
    {
        lock (Turn)
        {
            if (_phase == NetworkPhase.None)
                return NativeErrors.NetworkNotSetup;
            if (_startedAt != 0)
                return NativeErrors.NetworkCannotBeRestarted;
            _startedAt = TimeProvider.System.GetTimestamp();
        }
        _threadId = Environment.CurrentManagedThreadId;
        var batch = new Queue<(Future Future, FutureCallback Callbacks)>();
        while (TakeBatch(ref batch))
            RunBatch(batch);
        RunHooks();
        _threadId = NoThread;
        return 0;
    }

    /// <summary>Ends the run, which may not have begun yet. From any thread.</summary>
    public static int Stop()
    {
        lock (Turn)
        {
            if (_phase == NetworkPhase.None)
                return NativeErrors.NetworkNotSetup;
            _phase = NetworkPhase.Stopped;
            WakeUp();
            return 0;
        }
    }

    /// <summary>Something to run on the thread when the run ends, in the order in which they were added.</summary>
    public static int AddHook(nint function, nint argument)
    {
        lock (Turn)
        {
            if (_phase == NetworkPhase.None)
                return NativeErrors.NetworkNotSetup;
            Hooks.Add((function, argument));
            return 0;
        }
    }

    /// <summary>Has callbacks of a future run that is ready. False if the thread has stopped.</summary>
    public static bool TryPost(Future future, FutureCallback callbacks)
    {
        lock (Turn)
        {
            if (_phase == NetworkPhase.Stopped)
                return false;
            _queue.Enqueue((future, callbacks));
            WakeUp();
            return true;
        }
    }

    /// <summary>Runs callbacks of a future that is ready, on the calling thread.</summary>
    public static unsafe void CallBack(Future future, FutureCallback? callbacks)
    {
        for (; callbacks is not null; callbacks = callbacks.Next)
            ((delegate* unmanaged[Cdecl]<nint, nint, void>)callbacks.Function)(future.Handle, callbacks.Argument);
    }

    private static void WakeUp()
    {
        if (!_isAsleep)
            return;
        _isAsleep = false;
        Wake.Release();
    }

    // False when the run is to end; what was posted before that is run first.
    private static bool TakeBatch(ref Queue<(Future Future, FutureCallback Callbacks)> batch)
    {
        while (true)
        {
            lock (Turn)
            {
                if (_queue.Count > 0)
                {
                    (_queue, batch) = (batch, _queue);
                    return true;
                }
                if (_phase == NetworkPhase.Stopped)
                    return false;
                _isAsleep = true;
            }
            Wake.Wait();
        }
    }

    private static void RunBatch(Queue<(Future Future, FutureCallback Callbacks)> batch)
    {
        var clock = TimeProvider.System;
        var begun = clock.GetTimestamp();
        while (batch.TryDequeue(out var entry))
            CallBack(entry.Future, entry.Callbacks);
        _busyTicks += clock.GetTimestamp() - begun;
    }

    private static unsafe void RunHooks()
    {
        for (var index = 0; ; index++)
        {
            (nint Function, nint Argument) hook;
            lock (Turn)
            {
                if (index == Hooks.Count)
                    return;
                hook = Hooks[index];
            }
            ((delegate* unmanaged[Cdecl]<nint, void>)hook.Function)(hook.Argument);
        }
    }
}
