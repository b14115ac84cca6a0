namespace FerrisDB.Storage;

/// <summary>
/// The append stage of <see cref="GroupCommit"/>: gives commits their versions and brings them into the log and into
/// their target, one after the other. What it has appended is a group, until the sync stage takes it.
/// </summary>
/// <remarks>Used by whoever owns the append stage. Never throws: a commit that fails has the error.</remarks>
internal sealed class CommitAppender(WalWriter wal, ICommitTarget target, CommitFailure failure)
{
    private const int GroupCommitsMax = 1024;
    private const long GroupBytesMax = 1 << 20;

    private CommitQueue _group;
    private long _groupBytes;
    private int _groupCommits;

    /// <summary>The version of the last commit that was appended, or of the section that ran last.</summary>
    public long LastVersion { get; private set; } = wal.LastVersion;

    /// <summary>True if those who wait for the group have waited long enough for others to join it.</summary>
    public bool IsGroupFull => _groupCommits >= GroupCommitsMax || _groupBytes >= GroupBytesMax;

    /// <summary>Appends a commit, or gives it the error that keeps it from being appended.</summary>
    public ValueTask AppendAsync(CommitRequest request)
    {
        _group.Enqueue(request);
        _groupCommits++;
        if (failure.Cause is not null)
            request.Error = failure.ToError();
        else if (request.Decision is { } decision && !TryDecide(request, decision))
            return default;
        else if (request.Payload.IsEmpty)
            request.Version = LastVersion;
        else if (request.Version != 0 && request.Version <= LastVersion)
            request.Error =
                new ArgumentException($"Version {request.Version} is not above the last one, {LastVersion}.");
        else
            return AppendBatchAsync(request);
        return default;
    }

    /// <summary>A version is behind that is not in the log: what comes next is in a segment behind it.</summary>
    public void Skip(long version)
    {
        LastVersion = version;
        wal.EndSegment();
    }

    /// <summary>Ends the group: its commits move behind those of a queue.</summary>
    public void MoveGroupTo(ref CommitQueue queue)
    {
        queue.TakeAll(ref _group);
        _groupCommits = 0;
        _groupBytes = 0;
    }

    private bool TryDecide(CommitRequest request, ICommitDecision decision)
    {
        try
        {
            var batch = request.Batch;
            var version = decision.Decide(LastVersion, batch);
            Invariant.That(version == 0 || version > LastVersion);
            request.Decide(version == 0 ? default : batch.CanonicalizeToMemory(), version);
            return true;
        }
        catch (Exception exception)
        {
            request.Decide(default, 0);
            Refuse(request, exception);
            return false;
        }
    }

    private ValueTask AppendBatchAsync(CommitRequest request)
    {
        _groupBytes += request.Payload.Length;
        try
        {
            var preparing = target.PrepareAsync(request.Entries, request.Payload.Length);
            if (!preparing.IsCompletedSuccessfully || !wal.HasRoomFor(request.Payload.Length))
                return AppendSlowlyAsync(request, preparing);
        }
        catch (Exception exception)
        {
            Refuse(request, exception);
            return default;
        }
        AppendPrepared(request);
        return default;
    }

    private async ValueTask AppendSlowlyAsync(CommitRequest request, ValueTask preparing)
    {
        try
        {
            await preparing;
            if (!wal.HasRoomFor(request.Payload.Length))
                await wal.MakeRoomAsync(request.Payload.Length);
        }
        catch (Exception exception)
        {
            Refuse(request, exception);
            return;
        }
        AppendPrepared(request);
    }

    // Nothing of the commit was written: it fails alone, unless the log itself has, or something of ours is broken.
    private void Refuse(CommitRequest request, Exception exception)
    {
        request.Error = exception;
        if (exception is not FerrisException || wal.Failure is not null)
            failure.Stop(exception);
    }

    private void AppendPrepared(CommitRequest request)
    {
        var version = request.Version != 0 ? request.Version : LastVersion + 1;
        try
        {
            wal.Append(version, request.Payload.Span);
            request.Version = LastVersion = version;
            target.Apply(version, request.Payload.Span, request.Entries);
        }
        catch (Exception exception)
        {
            request.Error = exception;
            failure.Stop(exception);
        }
    }
}
