namespace FerrisDB;

// One question is under way at a time. Who asks meanwhile shares the next one, all of them together:
//
//     asked     a   b c d        e f
//     sent      ├─────────►├─────────►├────►
//     for       a          b c d      e f
//
// Never the one that is under way: its answer may be older than a commit that was acknowledged before they asked.

/// <summary>Gets read versions for many transactions with few questions.</summary>
/// <param name="ask">Asks for so many of them.</param>
/// <param name="answersInline">See <see cref="RemoteOptions.AnswersInline"/>.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ReadVersionBatches(Func<int, ValueTask<long>> ask, bool answersInline)
{
    private readonly Lock _gate = new();

    // Under the gate.
    private TaskCompletionSource<long>? _next;
    private int _nextCount;
    private bool _isAsking;

    public ValueTask<long> GetAsync()
    {
        TaskCompletionSource<long> own;
        lock (_gate)
        {
            own = _next ??= New();
            if (_isAsking)
            {
                _nextCount++;
                return new ValueTask<long>(own.Task);
            }
            _isAsking = true;
            _next = null;
        }
        _ = AskAsync(own);
        return new ValueTask<long>(own.Task);
    }

    private TaskCompletionSource<long> New() => new(
        answersInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AskAsync(TaskCompletionSource<long>? batch)
    {
        var count = 1;
        while (batch is not null)
        {
            try
            {
                batch.SetResult(await ask(count));
            }
            catch (Exception failure)
            {
                // Whoever waits gets it.
                batch.SetException(failure);
            }
            lock (_gate)
            {
                (batch, _next) = (_next, null);
                (count, _nextCount) = (_nextCount, 0);
                _isAsking = batch is not null;
            }
        }
    }
}
