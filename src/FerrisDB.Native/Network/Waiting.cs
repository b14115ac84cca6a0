namespace FerrisDB.Native;

/// <summary>
/// How a thread of the program waits for a future: on a semaphore of its own, which shim.c has. What the runtime has
/// for that takes a lock of the whole process, twice for each wait, and the lock of the future once more at the end.
/// </summary>
internal static unsafe class Waiting
{
    private static delegate* unmanaged[Cdecl]<nint> _current;
    private static delegate* unmanaged[Cdecl]<nint, void> _wait;
    private static delegate* unmanaged[Cdecl]<nint, void> _wake;

    /// <summary>The semaphore of the calling thread.</summary>
    public static nint Current => _current();

    /// <summary>Takes the functions: the current thread's semaphore, to wait for one, to wake one.</summary>
    public static void Use(nint current, nint wait, nint wake)
    {
        _current = (delegate* unmanaged[Cdecl]<nint>)current;
        _wait = (delegate* unmanaged[Cdecl]<nint, void>)wait;
        _wake = (delegate* unmanaged[Cdecl]<nint, void>)wake;
    }

    /// <summary>Waits until somebody has woken the calling thread; he may have done so already.</summary>
    public static void Wait(nint own) => _wait(own);

    /// <summary>Wakes a thread once.</summary>
    public static void Wake(nint thread) => _wake(thread);
}
