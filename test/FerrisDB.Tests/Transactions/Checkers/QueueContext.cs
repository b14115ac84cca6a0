namespace FerrisDB.Tests.Transactions;

/// <summary>Runs what awaits have to run later, on the thread that asks for it.</summary>
/// <remarks>
/// Where two await the same task, the runtime sends one of them to other threads; with a context, to the context.
/// </remarks>
internal sealed class QueueContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = [];

    public override void Post(SendOrPostCallback d, object? state) => _waiting.Enqueue((d, state));

    /// <summary>Runs all that waits; false if nothing did.</summary>
    public bool RunAll()
    {
        var hasRun = false;
        for (; _waiting.TryDequeue(out var next); hasRun = true)
            next.Callback(next.State);
        return hasRun;
    }
}
