namespace FerrisDB.Transactions;

/// <summary>What the roles of a process do for those who ask by messages: totals, latencies, hot keys.</summary>
/// <remarks>
/// Thread-safe. A connection counts for itself and adds what it has once for all that came together, so that a read
/// costs no shared cache line.
/// </remarks>
internal sealed class RoleActivity(TimeProvider clock)
{
    private long _readVersions;
    private long _gets;
    private long _ranges;
    private long _rows;
    private long _bytesRead;
    private long _commitsBegun;
    private long _committed;
    private long _conflicted;
    private long _tooOld;
    private long _failed;
    private long _mutations;
    private long _bytesWritten;
    private long _errors;

    /// <summary>The clock of all this.</summary>
    public TimeProvider Clock => clock;

    /// <summary>From the arrival of reads until their answers are ready, those of one burst alike.</summary>
    public LatencyWindow Reads { get; } = new();

    /// <summary>From the arrival of questions for a read version until their answers are ready.</summary>
    public LatencyWindow ReadVersions { get; } = new();

    /// <summary>From the arrival of a commit until its answer is ready.</summary>
    public LatencyWindow Commits { get; } = new();

    /// <summary>Keys that are read most.</summary>
    public HotKeys HotReads { get; } = new();

    /// <summary>Keys that are written most.</summary>
    public HotKeys HotWrites { get; } = new();

    /// <summary>Is told of transactions that take long; null if nobody wants to know.</summary>
    public SlowTransactions? Slow { get; init; }

    /// <summary>The totals; read one after the other while work goes on.</summary>
    public RoleCounts Counts => new()
    {
        ReadVersions = Volatile.Read(ref _readVersions),
        Gets = Volatile.Read(ref _gets),
        Ranges = Volatile.Read(ref _ranges),
        Rows = Volatile.Read(ref _rows),
        BytesRead = Volatile.Read(ref _bytesRead),
        // What has ended is read before what has begun: never more ends than beginnings.
        Committed = Volatile.Read(ref _committed),
        Conflicted = Volatile.Read(ref _conflicted),
        TooOld = Volatile.Read(ref _tooOld),
        Failed = Volatile.Read(ref _failed),
        CommitsBegun = Volatile.Read(ref _commitsBegun),
        Mutations = Volatile.Read(ref _mutations),
        BytesWritten = Volatile.Read(ref _bytesWritten),
        Errors = Volatile.Read(ref _errors),
    };

    /// <summary>Adds what a burst of requests, or the end of a commit, has counted.</summary>
    public void Add(in RoleCounts counts)
    {
        Add(ref _readVersions, counts.ReadVersions);
        Add(ref _gets, counts.Gets);
        Add(ref _ranges, counts.Ranges);
        Add(ref _rows, counts.Rows);
        Add(ref _bytesRead, counts.BytesRead);
        Add(ref _commitsBegun, counts.CommitsBegun);
        Add(ref _committed, counts.Committed);
        Add(ref _conflicted, counts.Conflicted);
        Add(ref _tooOld, counts.TooOld);
        Add(ref _failed, counts.Failed);
        Add(ref _mutations, counts.Mutations);
        Add(ref _bytesWritten, counts.BytesWritten);
        Add(ref _errors, counts.Errors);
    }

    private static void Add(ref long total, long count)
    {
        if (count != 0)
            Interlocked.Add(ref total, count);
    }
}
