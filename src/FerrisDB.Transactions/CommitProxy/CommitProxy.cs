namespace FerrisDB.Transactions;

// One transaction at its turn:
//
//     Sequencer      Resolver                 StorageServer                       TLog
//     version  ──►   does what it read  ──►   what do its atomic operations  ──►  the batch, canonical:
//                    still hold?              make of what is there now?          at most one entry a key

/// <summary>Decides a commit: its version, whether it conflicts, and what exactly it writes.</summary>
/// <remarks>
/// Called by one thread at a time, in the order of versions. Everything before has been applied by then, so that what
/// is there now can be read; whether it is durable does not matter, because this commit will not be durable without it.
/// </remarks>
/// <param name="sequencer">Gives it its version.</param>
/// <param name="resolver">Decides whether it may.</param>
/// <param name="storage">Has what is there now.</param>
/// <param name="tenants">Knows which tenants there are.</param>
/// <param name="databaseLock">Knows whom it keeps out.</param>
/// <param name="firstVersion">
/// Versions up to there may be known to somebody from a former life: none of them may come again, nor be read at.
/// </param>
internal sealed class CommitProxy(
    Sequencer sequencer, Resolver resolver, StorageServer storage, TenantRules tenants, DatabaseLock databaseLock,
    long firstVersion)
{
    private readonly MutationApplier _applier = new(storage);
    private readonly IdempotencyIds _ids = new(storage);

    /// <summary>
    /// Gives tables that come from outside their version. For all who read before, each key of their range is written:
    /// which ones are there nobody looks up.
    /// </summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.DatabaseLocked"/>, <see cref="ErrorCode.TenantNameRequired"/>.
    /// </exception>
    public long DecideTables(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long lastVersion)
    {
        var now = sequencer.Now;
        AdvanceWindow(now);
        if (databaseLock.Refuses(isLockAware: false))
            throw DatabaseLock.Locked(databaseLock.Holder);
        tenants.CheckTables();
        databaseLock.Note(DatabaseLock.MayBeIn(begin, end));
        var version = sequencer.Next(Math.Max(lastVersion, firstVersion), now);
        if (lastVersion < firstVersion)
            resolver.Forget(version);
        tenants.Note(end, version);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.TablesDoNotConflict)
            return version;
#endif
        resolver.Add(begin, end, version);
        return version;
    }

    /// <summary>
    /// Fills the batch with what the transaction writes, if it is not the transaction's own, and the transaction with
    /// its answer. Returns its version, or 0 if it must not be committed.
    /// </summary>
    public long Decide(CommitTransaction transaction, long lastVersion, WriteBatch batch)
    {
        var now = sequencer.Now;
        AdvanceWindow(now);
        var version = sequencer.Next(lastVersion, now);
        transaction.Version = version;
        transaction.Order = 0;
        if (lastVersion < firstVersion)
        {
            // An empty batch skips them, and whoever has read before runs again, behind it.
            batch.Clear();
            resolver.Forget(version);
            transaction.Verdict = Verdict.TooOld;
            return version;
        }
        if (!transaction.HasBatch)
            batch.Clear();
        // What is answered at once gets an empty batch: that makes what it found as durable as it asks for.
        Invariant.That(transaction.Id.IsNone || !transaction.HasBatch);
        if (!transaction.Id.IsNone && _ids.IsDecided(transaction, version))
            return version;
        if (databaseLock.Refuses(transaction.IsLockAware))
        {
            transaction.Verdict = Verdict.Locked;
            return 0;
        }
        tenants.Check(transaction);
        if (transaction.Mutations.HasAtomics)
            _applier.AddStampedKeys(transaction);
        // Who claims to have read at a version that is not there yet has not: reads refuse it.
        transaction.Verdict = resolver.Decide(
            version,
            Math.Min(transaction.ReadVersion, version - 1),
            transaction.Reads,
            transaction.Writes,
            transaction.ReportsConflicts ? transaction.Conflicting : null);
        if (transaction.Verdict != Verdict.Committed)
            return 0;
        tenants.Note(transaction);
        databaseLock.Note(transaction.WritesSystem);
        if (transaction.IsBatchConflict)
            resolver.Add(batch.Canonicalize(), version);
        else if (!transaction.HasBatch)
            _applier.Apply(transaction, batch);
        if (!transaction.Id.IsNone)
            _ids.Record(transaction, batch);
        return version;
    }

    private void AdvanceWindow(long now)
    {
        if (storage.AdvanceWindow(now))
            resolver.Forget(Math.Max(storage.Floor, resolver.OldestVersion));
    }
}
