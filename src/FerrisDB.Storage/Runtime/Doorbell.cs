namespace FerrisDB.Storage;

// The sleeper                                    The one who rings
//
//     1  note the count of rings                     a  change what the sleeper looks at
//     2  look whether there is a reason to sleep     b  count one more ring
//     3  sleep, unless the count has changed         c  wake the sleeper, if it sleeps
//     4  go on at 1
//
// A ring is never lost: if b comes before 1, a comes before 2, and the sleeper sees it. If b comes after 1, then 3 does
// not sleep, for the kernel compares the count once more when it puts the thread to sleep.

/// <summary>Where one thread sleeps until another one rings.</summary>
/// <remarks>
/// On Linux a futex, one system call to sleep and one to ring. Any thread may ring at any time, also late, when the
/// thread sleeps for another reason: who sleeps looks again.
/// </remarks>
internal sealed unsafe class Doorbell
{
    [ThreadStatic]
    private static Doorbell? _ofThisThread;

    // Pinned: the kernel knows the thread by the address. The rings are counted in its only element.
    private readonly int[] _rings = GC.AllocateArray<int>(1, pinned: true);

    private Doorbell()
    {
    }

    public static Doorbell OfThisThread => _ofThisThread ??= new Doorbell();

    /// <summary>Rings so far, of which the owner has heard all.</summary>
    public int Rings => Volatile.Read(ref _rings[0]);

    /// <summary>Wakes the owner, or keeps it from falling asleep.</summary>
    public void Ring()
    {
        Interlocked.Increment(ref _rings[0]);
        if (LinuxCalls.IsSupported)
        {
            fixed (int* rings = _rings)
                LinuxCalls.WakeOne(rings);
            return;
        }
        lock (_rings)
            Monitor.Pulse(_rings);
    }

    /// <summary>By the owner: sleeps until it rings, if it has not rung since. May return without a reason.</summary>
    public void SleepUnlessRungSince(int rings)
    {
        if (LinuxCalls.IsSupported)
        {
            fixed (int* address = _rings)
                LinuxCalls.SleepWhile(address, rings);
            return;
        }
        lock (_rings)
        {
            while (_rings[0] == rings)
                Monitor.Wait(_rings);
        }
    }
}
