namespace FerrisDB.Storage;

/// <summary>What stopped commits for good: the first cause is the one that is told.</summary>
internal sealed class CommitFailure(ICommitTarget target)
{
    private volatile Exception? _cause;

    /// <summary>Null while all is well.</summary>
    public Exception? Cause => _cause;

    /// <summary>Stops commits, unless they have stopped before.</summary>
    public void Stop(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is null)
            target.Fail(cause);
    }

    /// <summary>What those are told who come afterwards.</summary>
    public FerrisException ToError() => new(
        ErrorCode.WritesStopped,
        $"Writes have stopped since an earlier failure: {_cause!.Message} Close the database and open it again.",
        _cause);
}
