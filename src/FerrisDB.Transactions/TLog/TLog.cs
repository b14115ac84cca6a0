namespace FerrisDB.Transactions;

/// <summary>
/// The durable queue of what was committed: whatever is in it will be in the database, and in this order.
/// </summary>
/// <remarks>
/// Thread-safe. This one writes the log of the storage engine itself, so that data is written once: one record for each
/// transaction, and one sync for all that wait for the disk at the same time. A commit is decided when it is its turn
/// to enter the log; while one group syncs, the next one is decided. So a thread that is alone decides, logs, applies
/// and syncs by itself, without handing over to any other.
/// </remarks>
internal sealed class TLog(StorageEngine engine)
{
    /// <summary>
    /// Brings a commit to its turn, and what it decides into the log and to its readers. Returns its version, or an
    /// older one if it wrote nothing.
    /// </summary>
    /// <param name="decision">What decides, on whatever thread has the turn.</param>
    /// <param name="batch">What it fills; not to be used before the task is done.</param>
    /// <param name="durability">What the commit must survive once the task is done.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.IoError"/>: the outcome is unknown. <see cref="ErrorCode.DiskFull"/>,
    /// <see cref="ErrorCode.WritesStopped"/>: nothing was written.
    /// </exception>
    public ValueTask<long> PushAsync(ICommitDecision decision, WriteBatch batch, Durability durability) =>
        engine.DecideAsync(decision, batch, durability);

    /// <summary>As <see cref="PushAsync"/>, but never on the caller's thread.</summary>
    public ValueTask<long> PushElsewhereAsync(ICommitDecision decision, WriteBatch batch, Durability durability) =>
        engine.DecideElsewhereAsync(decision, batch, durability);
}
