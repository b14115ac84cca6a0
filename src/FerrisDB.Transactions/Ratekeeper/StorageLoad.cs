namespace FerrisDB.Transactions;

/// <summary>All that may wait in storage, at one moment.</summary>
internal static class StorageLoad
{
    // Half of what a transaction may take: who waits for longer finds its read version too old.
    private const double CommitSecondsTarget = 1;

    // So many go to the disk together: they say nothing about how fast it is.
    private const double CommitsAtOnce = 5_000;

    /// <summary>The queues of an engine and of its log.</summary>
    /// <param name="storage">What the engine holds.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="commitsWaiting">Commits that were sent and are not answered.</param>
    /// <param name="commitsAnswered">Commits that were answered since the start.</param>
    /// <param name="commitsPerSecond">How many are answered now.</param>
    public static QueueLoad[] Of(
        StorageStatistics storage,
        StorageOptions options,
        long commitsWaiting,
        long commitsAnswered,
        double commitsPerSecond)
    {
        var memTable = (double)options.EffectiveMemTableBytes;
        var written = (double)storage.Writes.UserBytes;
        var commitTarget = Math.Max(commitsPerSecond * CommitSecondsTarget, CommitsAtOnce);
        return
        [
            // All places for sealed ones are taken, and a quarter of the active one: at half, writers are slowed down.
            new QueueLoad(
                RateLimitReason.MemTables,
                storage.ActiveMemTable.SizeBytes + storage.SealedMemTables.SizeBytes, written,
                (options.SealedMemTablesMax + 0.25) * memTable, memTable / 4),
            // L0 and the debt of compaction shrink in steps that take minutes: no rate can be read from them. They slow
            // writers down, and then commits wait.
            new QueueLoad(
                RateLimitReason.CommitQueue, commitsWaiting, commitsAnswered + commitsWaiting,
                commitTarget, commitTarget / 2),
        ];
    }
}
