namespace FerrisDB.Transactions;

/// <summary>A transaction that waits for its turn at the log, and the batch that it turns into.</summary>
internal sealed class PendingCommit(CommitProxy proxy) : ICommitDecision
{
    /// <summary>The transaction; set anew for each one that uses this object.</summary>
    public CommitTransaction? Transaction { get; set; }

    /// <summary>What it writes, from its decision on, if it brings no batch of its own.</summary>
    public WriteBatch Batch { get; } = new();

    long ICommitDecision.Decide(long lastVersion, WriteBatch batch)
    {
        if (Transaction!.Clock is { } clock)
            Transaction.DecidedAt = clock.GetTimestamp();
        return proxy.Decide(Transaction, lastVersion, batch);
    }
}
