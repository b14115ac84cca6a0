namespace FerrisDB.Transactions;

/// <summary>
/// A transaction on its way through the commit path: what the client asks for, then what became of it.
/// </summary>
/// <remarks>
/// Belongs to one client at a time, from the first field that it sets to the last answer that it reads.
/// </remarks>
internal sealed class CommitTransaction
{
    // One huge transaction should not cost memory for ever.
    private const int KeptBatchBytesMax = 1 << 20;

    /// <summary>The version at which the transaction has read, or 0 if it has not.</summary>
    public long ReadVersion { get; set; }

    /// <summary>What it read: a later write in there, before its commit, is a conflict.</summary>
    public ConflictRanges Reads { get; } = new();

    /// <summary>
    /// What it writes, or says that it writes. The final keys of versionstamped ones are added later.
    /// </summary>
    public ConflictRanges Writes { get; } = new();

    /// <summary>What it does to the database; empty if there is a batch.</summary>
    public MutationList Mutations { get; } = new();

    /// <summary>
    /// What it does to the database, in place of <see cref="Mutations"/>, if that depends neither on its version nor on
    /// what is there: then its client knows it before its turn.
    /// </summary>
    public WriteBatch Batch { get; private set; } = new();

    /// <summary>True if <see cref="Batch"/> counts.</summary>
    public bool HasBatch { get; private set; }

    /// <summary>
    /// True if what <see cref="Batch"/> writes is what the transaction says that it writes; then <see cref="Writes"/>
    /// is empty.
    /// </summary>
    public bool IsBatchConflict { get; private set; }

    /// <summary>Asks which reads conflicted, all of them, and not only whether one did.</summary>
    public bool ReportsConflicts { get; set; }

    /// <summary>The same for all attempts to commit the transaction; none if there is only one.</summary>
    public IdempotencyId Id { get; set; }

    /// <summary>Who starts first, if it begins with its commit: if it has read nothing.</summary>
    public TransactionPriority Priority { get; set; }

    /// <summary>The tenant that it belongs to, whose prefix its keys have; or none.</summary>
    public long TenantId { get; set; } = TenantKeys.NoTenant;

    /// <summary>It may be outside of all tenants, whatever the mode.</summary>
    public bool HasRawAccess { get; set; }

    /// <summary>It may be committed although the database is locked.</summary>
    public bool IsLockAware { get; set; }

    /// <summary>It writes keys of the system, perhaps, and so the lock of the database.</summary>
    public bool WritesSystem { get; set; }

    /// <summary>What its client says that it belongs to.</summary>
    public IReadOnlyList<TransactionTag> Tags { get; set; } = [];

    /// <summary>What lets the fewest with its tags start, if it begins with its commit; null if nothing does.</summary>
    public TagThrottle? Throttle { get; set; }

    /// <summary>How often it was sent before.</summary>
    public int Attempt { get; set; }

    /// <summary>
    /// What the transactions before this one went through the log with; null if there is none, or it is in use.
    /// </summary>
    public PendingCommit? Pending { get; set; }

    /// <summary>Tells when it is decided, if somebody wants to know; null if nobody does.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>When it was its turn; 0 if it was not, or nobody wants to know.</summary>
    public long DecidedAt { get; set; }

    /// <summary>The answer.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>The version of a transaction that was committed.</summary>
    public long Version { get; set; }

    /// <summary>Its place among the transactions of that version.</summary>
    public ushort Order { get; set; }

    /// <summary>The reads that conflicted, as indexes of <see cref="Reads"/>, if they were asked for.</summary>
    public List<int> Conflicting { get; } = [];

    /// <summary>
    /// The batch is complete. It becomes canonical now, on its client's time, and not when it is its turn.
    /// </summary>
    /// <param name="isConflict">See <see cref="IsBatchConflict"/>.</param>
    public void EndBatch(bool isConflict)
    {
        Batch.Canonicalize();
        HasBatch = true;
        IsBatchConflict = isConflict;
    }

    /// <summary>Ready for the next transaction, with the memory of the last.</summary>
    public void Clear()
    {
        ReadVersion = 0;
        Reads.Clear();
        Writes.Clear();
        Mutations.Clear();
        HasBatch = false;
        IsBatchConflict = false;
        if (Batch.SizeBytes > KeptBatchBytesMax)
            Batch = new WriteBatch();
        else
            Batch.Clear();
        ReportsConflicts = false;
        Id = default;
        TenantId = TenantKeys.NoTenant;
        HasRawAccess = false;
        IsLockAware = false;
        WritesSystem = false;
        Attempt = 0;
        Clock = null;
        DecidedAt = 0;
        Priority = default;
        Tags = [];
        Throttle = null;
        Verdict = default;
        Version = 0;
        Order = 0;
        Conflicting.Clear();
    }
}
