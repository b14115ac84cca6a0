namespace FerrisDB.Transactions;

/// <summary>Tells of transactions that took long; not of all, if there are many.</summary>
/// <remarks>Thread-safe. Looks at the time of each commit, and at nothing else of those that were fast.</remarks>
/// <param name="threshold">From so long on a transaction is slow.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="tell">
/// Takes one, and how many were left out since the one before. Called by whoever ends the commit: must not wait.
/// </param>
internal sealed class SlowTransactions(TimeSpan threshold, TimeProvider clock, Action<SlowTransaction, long> tell)
{
    // A server that is overloaded has nothing but slow transactions: a log of all of them would not help it.
    private const int ToldPerSecondMax = 10;

    private readonly Lock _gate = new();
    private readonly VersionTimes _versions = new(clock);

    // Under the gate.
    private long _secondBegan;
    private int _toldInSecond;
    private long _leftOut;

    private long _total;

    /// <summary>From so long on a transaction is slow.</summary>
    public TimeSpan Threshold => threshold;

    /// <summary>Slow ones so far, told or not.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Remembers which version was the newest when.</summary>
    public void Note(long lastVersion) => _versions.Note(lastVersion);

    /// <summary>A commit has ended.</summary>
    /// <param name="transaction">The transaction, with its answer.</param>
    /// <param name="bytes">Bytes of its request.</param>
    /// <param name="arrivedAt">When its commit arrived.</param>
    /// <param name="versionAskedAt">When its connection was given a read version last; 0 if it was not.</param>
    /// <param name="hasFailed">It has no answer.</param>
    public void Look(CommitTransaction transaction, int bytes, long arrivedAt, long versionAskedAt, bool hasFailed)
    {
        var now = clock.GetTimestamp();
        var decidedAt = transaction.DecidedAt == 0 ? now : transaction.DecidedAt;
        var before = TimeSpan.Zero;
        if (transaction.ReadVersion > 0)
        {
            var since = Math.Min(versionAskedAt == 0 ? arrivedAt : versionAskedAt, arrivedAt);
            before = clock.GetElapsedTime(Math.Min(since, _versions.Left(transaction.ReadVersion, since)), arrivedAt);
        }
        if (before + clock.GetElapsedTime(arrivedAt, now) < threshold)
            return;
        Interlocked.Increment(ref _total);
        if (!MayTell(now, out var leftOut))
            return;
        tell(
            new SlowTransaction(
                before, clock.GetElapsedTime(arrivedAt, decidedAt), clock.GetElapsedTime(decidedAt, now),
                hasFailed ? null : transaction.Verdict, transaction.Version, transaction.ReadVersion,
                transaction.Reads.Count, transaction.Writes.Count, transaction.Mutations.Count, bytes,
                SlowTransaction.Name(transaction.Reads), SlowTransaction.Name(transaction.Writes)),
            leftOut);
    }

    private bool MayTell(long now, out long leftOut)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_secondBegan, now) >= TimeSpan.FromSeconds(1))
            {
                _secondBegan = now;
                _toldInSecond = 0;
            }
            leftOut = _leftOut;
            if (_toldInSecond == ToldPerSecondMax)
            {
                _leftOut++;
                return false;
            }
            _toldInSecond++;
            _leftOut = 0;
            return true;
        }
    }
}
