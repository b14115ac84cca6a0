namespace FerrisDB.Transactions;

/// <summary>
/// Decides which transactions commit: those that would have read the same, had they run alone at their commit version.
/// </summary>
/// <remarks>Not for several threads at once. Allocates nothing in the steady state.</remarks>
internal sealed class Resolver(long version)
{
    private readonly ConflictSet _conflicts = new(version);

    /// <summary>Transactions that read at an older version are too old.</summary>
    public long OldestVersion => _conflicts.OldestVersion;

    /// <summary>What the resolver needs memory for: see <see cref="ConflictSet.BoundaryCount"/>.</summary>
    public int BoundaryCount => _conflicts.BoundaryCount;

    /// <summary>
    /// Decides the next transaction. Those of one batch have one commit version and come in the order of the batch; the
    /// writes of one that may commit count from then on, also for those behind it in the batch.
    /// </summary>
    /// <param name="commitVersion">Behind the read version, and never less than that of the one before.</param>
    /// <param name="readVersion">What the transaction read at; of no meaning if it read nothing.</param>
    /// <param name="reads">What it read, snapshot reads left out.</param>
    /// <param name="writes">What it is going to write.</param>
    /// <param name="conflictingReads">
    /// Takes the indexes of all reads that conflict, which costs a look at each; null stops at the first one.
    /// </param>
    public Verdict Decide(
        long commitVersion,
        long readVersion,
        ConflictRanges reads,
        ConflictRanges writes,
        List<int>? conflictingReads = null)
    {
        if (reads.Count > 0)
        {
            if (readVersion < OldestVersion)
                return Verdict.TooOld;
            Invariant.That(readVersion < commitVersion);
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.ResolverIgnoresItsOwnBatch && commitVersion == _conflicts.NewestVersion)
                readVersion = commitVersion;
#endif
            if (HasConflict(readVersion, reads, conflictingReads))
                return Verdict.Conflict;
        }
        foreach (var write in writes)
        {
            if (write.IsPoint)
                _conflicts.AddPoint(write.Begin, commitVersion);
            else
                _conflicts.Add(write.Begin, write.End, commitVersion);
        }
        return Verdict.Committed;
    }

    /// <summary>
    /// Adds what a transaction writes that will be committed, if <see cref="Decide"/> was not told: a canonical batch.
    /// </summary>
    public void Add(ReadOnlySpan<byte> batch, long commitVersion)
    {
        var entries = new BatchReader(batch);
        while (entries.TryNext(out var entry))
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
                _conflicts.Add(entry.Key, entry.End, commitVersion);
            else
                _conflicts.AddPoint(entry.Key, commitVersion);
        }
    }

    /// <summary>Adds a range that something else than a transaction writes.</summary>
    public void Add(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version) =>
        _conflicts.Add(begin, end, version);

    /// <summary>Says that whoever read before a version is too old from now on.</summary>
    public void Forget(long oldestVersion) => _conflicts.Forget(oldestVersion);

    private bool HasConflict(long readVersion, ConflictRanges reads, List<int>? conflictingReads)
    {
        var hasConflict = false;
        var count = reads.Count;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ResolverIgnoresTheLastRead)
            count--;
#endif
        for (var index = 0; index < count; index++)
        {
            if (!IsWrittenAfter(reads[index], readVersion))
                continue;
            if (conflictingReads is null)
                return true;
            hasConflict = true;
            conflictingReads.Add(index);
        }
        return hasConflict;
    }

    private bool IsWrittenAfter(ConflictRange read, long version) =>
        read.IsPoint
            ? _conflicts.IsWrittenAfter(read.Begin, version)
            : _conflicts.IsWrittenAfter(read.Begin, read.End, version);
}
