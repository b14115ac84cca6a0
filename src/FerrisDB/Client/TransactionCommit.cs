namespace FerrisDB;

/// <summary>One commit of a transaction, from the last read to the answer.</summary>
/// <param name="context">What the transaction has read and written.</param>
/// <param name="transaction">Told under the gate how it ended.</param>
internal readonly struct TransactionCommit(TransactionContext context, Transaction transaction)
{
    private const long NoVersion = -1;

    /// <summary>Commits. Returns what it failed with, if that is the world's doing and not a bug.</summary>
    public ValueTask<FerrisException?> RunAsync(Durability durability)
    {
        int life;
        lock (context.Gate)
        {
            if (context.Refusal() is { } refusal)
                return new ValueTask<FerrisException?>(refusal);
            life = context.Life;
            // From here on nothing is added to it, though it may have to wait for its reads.
            context.Phase = TransactionPhase.Committing;
            var pending = context.TakePendingReads();
            if (pending.Length > 0 || NeedsReadVersion)
                return RunLaterAsync(pending, life, durability);
        }
        return CommitAsync(life, durability);
    }

    private async ValueTask<FerrisException?> RunLaterAsync(Task[] pending, int life, Durability durability)
    {
        if (pending.Length > 0)
            await TransactionReader.WhenEndedAsync(pending);
        try
        {
            if (NeedsReadVersion)
                await BeginAsync(life);
        }
        catch (FerrisException error)
        {
            lock (context.Gate)
                return EndedMeanwhile(life) ?? EndUnderGate(error);
        }
        return await CommitAsync(life, durability);
    }

    // Where nothing has to be waited for, it goes straight through: each async method on the way costs some 20 ns.
    private ValueTask<FerrisException?> CommitAsync(int life, Durability durability)
    {
        if (HasEnded(life, out var refusal, out var commit))
            return new ValueTask<FerrisException?>(refusal);
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

    // Conflict ranges that were added by hand count from now on, if nothing was read.
    private bool NeedsReadVersion
    {
        get
        {
            lock (context.Gate)
                return context is { Phase: TransactionPhase.Committing, ReadVersion: 0, Reads.Count: > 0 };
        }
    }

    private async ValueTask BeginAsync(int life)
    {
        var version = await context.WithinTimeoutAsync(
            context.Cluster.GetReadVersionAsync(context.Settings.Priority));
        lock (context.Gate)
        {
            if (context.Life == life && context.ReadVersion == 0)
                context.ReadVersion = version;
        }
    }

    /// <summary>True if it has ended already: refused, or with nothing to write.</summary>
    private bool HasEnded(int life, out FerrisException? refusal, out CommitTransaction commit)
    {
        commit = null!;
        lock (context.Gate)
        {
            refusal = EndedMeanwhile(life);
            if (refusal is not null)
                return true;
            refusal = context.Misuse ?? context.ReadFailure;
            if (refusal is null && !context.Writes.HasAnythingToCommit)
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
            context.Phase = TransactionPhase.Committing;
            context.IsCommitUnderWay = true;
            commit = context.Commit;
            return false;
        }
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
        commit.ReportsConflicts = context.Settings.ReportsConflictingKeys;
        var writes = context.Writes;
        var readBytes = CommitSize.OfRanges(commit.Reads);
        // To count exactly means to look at each write: only where what it comes to at most would be too much.
        if (!writes.IsPlain || writes.ApproximateSizeBytes + readBytes > context.Settings.SizeLimitBytes)
        {
            var size = writes.SizeBytes + readBytes;
            if (size > context.Settings.SizeLimitBytes)
                return CommitSize.TooLarge(size, context.Settings.SizeLimitBytes);
        }
        if (writes.IsPlain && context.Cluster.TakesBatches)
        {
            writes.AddTo(commit.Batch, commit.Writes);
            commit.EndBatch();
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
            return EndUnderGate(error);
        }
    }

    private FerrisException? EndUnderGate(FerrisException? error)
    {
        if (context.Phase != TransactionPhase.Cancelled && context.Phase != TransactionPhase.Disposed)
            context.Phase = TransactionPhase.Ended;
        if (error is null)
            context.ArmWatches();
        else
            context.FailWatches(error);
        context.Conflicting = error?.ConflictingRanges ?? [];
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
