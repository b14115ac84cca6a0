namespace FerrisDB.Native;

/// <summary>A thread that waits for a future.</summary>
/// <param name="Thread">Its semaphore.</param>
/// <param name="Next">One that began to wait before.</param>
internal sealed record FutureWaiter(nint Thread, FutureWaiter? Next);
