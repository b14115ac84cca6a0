namespace FerrisDB.Storage;

/// <summary>The queue of the runtime's thread pool, in which whoever comes first is run first.</summary>
internal static class PoolQueue
{
    /// <summary>Has a continuation run, behind those that were queued before. Allocates nothing.</summary>
    public static void Enqueue(IThreadPoolWorkItem continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(continuation, preferLocal: false);
}
