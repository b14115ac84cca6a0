namespace FerrisDB.Storage;

/// <summary>
/// The sync stage of <see cref="GroupCommit"/>: the commits that become durable, visible and answered together.
/// </summary>
/// <remarks>Used by whoever owns the sync stage. Never throws: commits that fail have the error.</remarks>
internal sealed class CommitRound(WalWriter wal, ICommitTarget target, CommitFailure failure)
{
    private CommitQueue _commits;
    private Exception? _error;

    public int Count => _commits.Count;

    public bool IsEmpty => _commits.IsEmpty;

    /// <summary>Begins with all that was appended.</summary>
    public void Begin(ref CommitQueue appended)
    {
        _commits.TakeAll(ref appended);
        _error = null;
    }

    /// <summary>
    /// Needs the append stage too. Hands the round to the operating system; true if the disk must have it, too.
    /// </summary>
    public bool Flush()
    {
        var strongest = Durability.None;
        for (var request = _commits.Head; request is not null; request = request.Next)
        {
            if (request.Error is null && request.Durability < strongest)
                strongest = request.Durability;
        }
        if (strongest == Durability.None)
            return false;
        try
        {
            wal.Flush();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CommitAcknowledgesBeforeSync)
            return false;
#endif
        return strongest == Durability.Sync && _error is null;
    }

    public async ValueTask SyncAsync()
    {
        try
        {
            await wal.SyncAsync();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>
    /// Publishes the round and completes the commit of the caller. Returns the others, who are still to be told.
    /// </summary>
    public CommitQueue Finish(CommitRequest? own)
    {
        var newest = 0L;
        for (var request = _commits.Head; request is not null; request = request.Next)
        {
            request.Error ??= _error;
            if (request.Error is null && !request.Payload.IsEmpty)
                newest = request.Version;
        }
        try
        {
            if (newest > 0)
                target.Publish(newest);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        var others = default(CommitQueue);
        while (_commits.Dequeue() is { } request)
        {
            request.Error ??= _error;
            if (ReferenceEquals(request, own))
                request.IsDoneByOwner = true;
            else
                others.Enqueue(request);
        }
        return others;
    }

    // What failed was under way: its outcome is unknown, and the first cause says more than that writes have stopped.
    private void Fail(Exception exception)
    {
        failure.Stop(exception);
        _error = wal.Failure ?? exception;
    }
}
