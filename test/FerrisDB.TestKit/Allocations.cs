namespace FerrisDB.TestKit;

/// <summary>How many bytes a piece of code allocates on the garbage-collected heap, each time that it runs.</summary>
/// <remarks>
/// The runtime allocates on the thread that it finds: when it compiles a method again, when it grows a table of its
/// own. No test can know when. But it does not do so each round, and what the measured code allocates comes each round:
/// the least of several rounds is the code's own.
/// </remarks>
internal static class Allocations
{
    /// <summary>Bytes that this thread has allocated so far: for rounds that measure a part of themselves.</summary>
    public static long SoFar => GC.GetAllocatedBytesForCurrentThread();

    /// <summary>The least number of bytes that a round allocated on this thread; ends early when that is 0.</summary>
    /// <param name="rounds">How many rounds to try at most: a few.</param>
    /// <param name="round">The same work each time. It must not need the first round to warm up.</param>
    public static long LeastOf(int rounds, Action round) => LeastOf(rounds, () =>
    {
        var before = SoFar;
        round();
        return SoFar - before;
    });

    /// <summary>The least of what the rounds return; ends early when that is 0.</summary>
    /// <param name="rounds">How many rounds to try at most: a few.</param>
    /// <param name="round">Returns the bytes that it allocated where it matters.</param>
    public static long LeastOf(int rounds, Func<long> round)
    {
        var least = long.MaxValue;
        for (var done = 0; done < rounds && least > 0; done++)
            least = Math.Min(least, round());
        return least;
    }
}
