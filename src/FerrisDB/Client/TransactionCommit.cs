namespace FerrisDB;

/// <summary>One commit of a transaction, from the last read to the answer.</summary>
/// <param name="context">What the transaction has read and written.</param>
/// <param name="transaction">Told under the gate how it ended.</param>
/// <param name="isLast">Nobody needs the transaction once it is committed: it is let go of then.</param>
internal readonly struct TransactionCommit(TransactionContext context, Transaction transaction, bool isLast)
{
    private const long NoVersion = -1;

    /// <summary>Commits. Returns what it failed with, if that is the world's doing and not a bug.</summary>
    public ValueTask<FerrisException?> RunAsync(Durability durability)
    {
        CommitTransaction commit;
        lock (context.Gate)
        {
            if (context.Refusal() is { } refusal)
                return new ValueTask<FerrisException?>(refusal);
            // From here on nothing is added to it, though it may have to wait for its reads.
            context.Phase = TransactionPhase.Committing;
            var pending = context.TakePendingReads();
            if (pending.Length > 0 || NeedsReadVersion)
                return RunLaterAsync(pending, context.Life, durability);
            if (HasEnded(out var error, out commit))
                return new ValueTask<FerrisException?>(error);
        }
        return CommitAsync(commit, durability);
    }

    private async ValueTask<FerrisException?> RunLaterAsync(Task[] pending, int life, Durability durability)
    {
        if (pending.Length > 0)
            await TransactionReader.WhenEndedAsync(pending);
        try
        {
            bool needsReadVersion;
            lock (context.Gate)
                needsReadVersion = NeedsReadVersion;
            if (needsReadVersion)
                await BeginAsync(life);
        }
        catch (FerrisException error)
        {
            lock (context.Gate)
                return EndedMeanwhile(life) ?? EndUnderGate(error);
        }
        CommitTransaction commit;
        lock (context.Gate)
        {
            if (EndedMeanwhile(life) is { } refusal)
                return refusal;
            if (HasEnded(out var error, out commit))
                return error;
        }
        return await CommitAsync(commit, durability);
    }

    // Where nothing has to be waited for, it goes straight through: each async method on the way costs some 20 ns.
    private ValueTask<FerrisException?> CommitAsync(CommitTransaction commit, Durability durability)
    {
        var committing = context.Cluster.CommitAsync(commit, durability);
        if (!committing.IsCompletedSuccessfully)
            return AwaitAsync(commit, committing);
        committing.GetAwaiter().GetResult();
        return new ValueTask<FerrisException?>(End(commit, null));
    }

    private async ValueTask<FerrisException?> AwaitAsync(CommitTransaction commit, ValueTask committing)
    {
        try
        {
            await WithinTimeoutAsync(committing);
        }
        catch (FerrisException stopped) when (stopped.Code == ErrorCode.WritesStopped && context.Database.IsDisposed)
        {
            return End(commit, Closed(stopped));
        }
        catch (FerrisException error)
        {
            return End(commit, error);
        }
        catch (ObjectDisposedException closed)
        {
            return End(commit, Closed(closed));
        }
        return End(commit, null);
    }

    private static FerrisException Closed(Exception reason) =>
        new(ErrorCode.TransactionCancelled, "The database was closed before the commit began.", reason);

    // Under the gate. Conflict ranges that were added by hand count from now on, if nothing was read.
    private bool NeedsReadVersion =>
        context is { Phase: TransactionPhase.Committing, ReadVersion: 0, Reads.Count: > 0 };

    private async ValueTask BeginAsync(int life)
    {
        var version = await context.WithinTimeoutAsync(context.AskReadVersionAsync());
        lock (context.Gate)
        {
            if (context.Life == life && context.ReadVersion == 0)
                context.ReadVersion = version;
        }
    }

    // Under the gate: true if it has ended already, refused, or with nothing to write.
    private bool HasEnded(out FerrisException? refusal, out CommitTransaction commit)
    {
        commit = context.Commit;
        refusal = context.Misuse ?? context.ReadFailure;
        if (refusal is null && !context.Buffers.HasAnythingToCommit)
        {
            context.Phase = TransactionPhase.Ended;
            context.ArmWatches();
            transaction.Committed(NoVersion, null);
            return true;
        }
        refusal ??= ReadOnlyError() ?? Build();
        if (refusal is not null)
        {
            EndUnderGate(refusal);
            return true;
        }
        context.IsCommitUnderWay = true;
        return false;
    }

    // Where the commit had to wait, somebody may have ended the transaction before it began, or its time may have.
    private FerrisException? EndedMeanwhile(int life)
    {
        if (context.Life != life)
            return TransactionContext.WasReset("committed");
        if (context.Phase != TransactionPhase.Committing)
            return context.Refusal();
        if (!context.IsTimedOut())
            return null;
        context.Phase = TransactionPhase.Active;
        return context.TimedOut();
    }

    private FerrisException? ReadOnlyError() => !context.Settings.IsReadOnly
        ? null
        : new FerrisException(
            ErrorCode.TransactionReadOnly,
            "A transaction with ReadLockAware can only read: set LockAware for one that writes.");

    private FerrisException? Build()
    {
        var commit = context.Commit;
        commit.ReadVersion = context.Reads.Count > 0 ? context.ReadVersion : 0;
        commit.Priority = context.Settings.Priority;
        commit.IsLockAware = context.Settings.IsLockAware;
        commit.WritesSystem = context.Settings.CanWriteSystemKeys;
        commit.HasRawAccess = context.Settings.HasRawAccess;
        commit.Tags = context.Settings.Tags;
        commit.ReportsConflicts = context.Settings.ReportsConflictingKeys;
        var limit = context.Settings.SizeLimitBytes;
        var readBytes = CommitSize.OfRanges(commit.Reads);
        var buffers = context.Buffers;
        // To count exactly means to look at each write: only where what it comes to at most would be too much.
        var isSurelySmall = buffers.ApproximateSizeBytes + readBytes <= limit;
        if (buffers.IsJournal && isSurelySmall)
        {
            commit.EndBatch(isConflict: true);
            return null;
        }
        var writes = buffers.Writes;
        if (!writes.IsPlain || !isSurelySmall)
        {
            var size = writes.SizeBytes + readBytes;
            if (size > limit)
                return CommitSize.TooLarge(size, limit);
        }
        commit.Batch.Clear();
        if (writes.IsPlain && context.Cluster.TakesBatches)
        {
            writes.AddTo(commit.Batch, commit.Writes);
            commit.EndBatch(isConflict: false);
            return null;
        }
        writes.AddConflictsTo(commit.Writes);
        for (var mutations = writes.OpenMutations(); mutations.MoveNext();)
            commit.Mutations.Add(mutations.Kind, mutations.Key, mutations.Operand);
        return null;
    }

    // A commit that the disk holds up goes on by itself; its caller is told in time that nobody knows yet.
    private async ValueTask WithinTimeoutAsync(ValueTask committing)
    {
        if (committing.IsCompleted || context.TimeLeft() is not { } left)
        {
            await committing;
            return;
        }
        try
        {
            await committing.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, context.Database.Clock);
        }
        catch (TimeoutException)
        {
            throw context.TimedOut();
        }
    }

    private FerrisException? End(CommitTransaction commit, FerrisException? error)
    {
        lock (context.Gate)
        {
            if (!context.IsCurrent(commit))
                return TransactionContext.WasReset("committed");
            // Without a verdict, somebody may still be at it.
            if (error is not null)
                context.AbandonCommit();
            context.IsCommitUnderWay = false;
            if (context.Phase == TransactionPhase.Cancelled)
                error = context.Refusal();
            error ??= VerdictError() ?? context.Misuse;
            EndUnderGate(error);
            if (isLast && context.Phase == TransactionPhase.Ended && IsNotNeededAfter(error))
                context.LetGo();
            return error;
        }
    }

    // What failed may be tried again.
    private static bool IsNotNeededAfter(FerrisException? error)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.FailedCommitsAreLetGo)
            return true;
#endif
        return error is null;
    }

    private FerrisException? EndUnderGate(FerrisException? error)
    {
        if (context.Phase != TransactionPhase.Cancelled && context.Phase != TransactionPhase.Disposed)
            context.Phase = TransactionPhase.Ended;
        if (error is null)
        {
            context.ArmWatches();
        }
        else
        {
            context.FailWatches(error);
            context.Conflicting = error.ConflictingRanges;
        }
        transaction.Committed(error is null ? context.Commit.Version : NoVersion, error);
        return error;
    }

    private FerrisException? VerdictError()
    {
        var commit = context.Commit;
        return commit.Verdict switch
        {
            Verdict.Committed => null,
            Verdict.TooOld => new FerrisException(
                ErrorCode.TransactionTooOld,
                $"The transaction read at version {commit.ReadVersion}, which is too old to tell whether it conflicts. "
                    + "Run it again, and make it shorter."),
            Verdict.Locked => DatabaseLock.Locked(null),
            _ => new FerrisException(
                ErrorCode.NotCommitted,
                "The transaction conflicts with one that committed first. Run it again (Database.RunAsync does).")
            {
                ConflictingRanges = ConflictingRanges(commit),
            },
        };
    }

    private static List<KeyRange> ConflictingRanges(CommitTransaction commit)
    {
        List<KeyRange> ranges = [];
        foreach (var index in commit.Conflicting)
        {
            var range = commit.Reads[index];
            ranges.Add(new KeyRange(range.Begin.ToArray(), range.End.ToArray()));
        }
        return ranges;
    }
}
