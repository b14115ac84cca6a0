namespace FerrisDB.Tests.Transactions;

/// <summary>All that one transaction did.</summary>
internal sealed class HistoryTransaction(int number)
{
    public int Number => number;

    public List<HistoryStep> Steps { get; } = [];

    /// <summary>The version that it read at, or -1 if it read nothing.</summary>
    public long ReadVersion { get; set; } = -1;

    /// <summary>The newest version that had been acknowledged to anybody when it began.</summary>
    public long AcknowledgedBefore { get; init; }

    public HistoryOutcome Outcome { get; set; }

    public ErrorCode? Error { get; set; }

    /// <summary>The version of the commit, or -1.</summary>
    public long CommitVersion { get; set; } = -1;

    /// <summary>The versionstamp, if it was asked for and came.</summary>
    public byte[]? Versionstamp { get; set; }

    public Durability Durability { get; set; }

    /// <summary>When the commit began and ended, counted over all transactions.</summary>
    public long CommitBegan { get; set; } = long.MaxValue;

    public long CommitEnded { get; set; } = long.MaxValue;

    /// <summary>It is older than the window of versions: it may be refused.</summary>
    public bool MayBeTooOld { get; set; }

    public override string ToString() =>
        $"transaction {number} read at {ReadVersion}, {Outcome} {Error} at {CommitVersion} "
        + $"(acknowledged before it: {AcknowledgedBefore}, commit {CommitBegan}..{CommitEnded})\n    "
        + string.Join("\n    ", Steps);
}
