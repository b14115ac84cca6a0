namespace FerrisDB.Tests.Transactions;

/// <summary>Watches and versionstamps that wait for their transaction, and what has to become of them.</summary>
internal sealed class FuzzWaiting(FuzzRun run)
{
    private readonly List<Task> _watches = [];
    private Task<byte[]>? _versionstamp;

    public void AddVersionstamp(FuzzPrediction prediction, Task<byte[]> task)
    {
        if (prediction.Errors.Count > 0)
            run.Check("get versionstamp", prediction, task);
        else
            _versionstamp = task;
    }

    public void AddWatch(FuzzPrediction prediction, Task task)
    {
        if (task.IsFaulted || !prediction.IsRight(null))
            run.Check("watch", prediction, task);
        else
            _watches.Add(task);
    }

    /// <summary>The commit has ended. What it armed may fire at any time, and is nobody's any more.</summary>
    public void Committed(bool hasWrites, ErrorCode? failure)
    {
        if (failure is { } code)
            EndWatches(code);
        _watches.Clear();
        if (_versionstamp is null)
            return;
        var error = failure is not null ? ErrorCode.TransactionInvalidVersion
            : hasWrites ? null : (ErrorCode?)ErrorCode.NoCommitVersion;
        EndVersionstamp(error is { } failed ? FuzzPrediction.Failure(failed) : FuzzPrediction.Success);
    }

    /// <summary>The transaction begins anew after an error, or after a reset.</summary>
    public void Restarted()
    {
        EndWatches(ErrorCode.TransactionCancelled);
        EndVersionstamp(FuzzPrediction.Failure(ErrorCode.BrokenPromise));
    }

    /// <summary>An error that is not retried has ended the transaction.</summary>
    public void GaveUp() => EndWatches(ErrorCode.TransactionCancelled);

    public void Cancelled()
    {
        EndWatches(ErrorCode.TransactionCancelled);
        EndVersionstamp(FuzzPrediction.Failure(ErrorCode.TransactionCancelled));
    }

    /// <summary>Nothing fails without a reason.</summary>
    public void Look()
    {
        foreach (var watch in _watches)
            run.Require(!watch.IsFaulted, $"a watch has failed: {watch.Exception?.InnerException}");
        run.Require(_versionstamp is not { IsCompleted: true }, "a versionstamp came before its time");
    }

    // One whose key the transaction has changed itself has fired.
    private void EndWatches(ErrorCode reason)
    {
        foreach (var watch in _watches)
            run.Check("watch", new FuzzPrediction([reason], MayFail: true), watch);
        _watches.Clear();
    }

    private void EndVersionstamp(FuzzPrediction prediction)
    {
        if (_versionstamp is { } waiting)
            run.Check("versionstamp", prediction, waiting);
        _versionstamp = null;
    }
}
