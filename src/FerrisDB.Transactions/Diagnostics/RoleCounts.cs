namespace FerrisDB.Transactions;

/// <summary>What the roles of a process were asked, and what became of it: totals, or those of one burst.</summary>
internal record struct RoleCounts
{
    /// <summary>Read versions that were given out.</summary>
    public long ReadVersions { get; set; }

    /// <summary>Single keys that were asked for.</summary>
    public long Gets { get; set; }

    /// <summary>Ranges that were asked for.</summary>
    public long Ranges { get; set; }

    /// <summary>Rows that were answered to ranges.</summary>
    public long Rows { get; set; }

    /// <summary>Bytes of values and rows that were answered.</summary>
    public long BytesRead { get; set; }

    /// <summary>Transactions that came to be committed.</summary>
    public long CommitsBegun { get; set; }

    /// <summary>Those that were committed.</summary>
    public long Committed { get; set; }

    /// <summary>Those that had read what somebody else wrote meanwhile.</summary>
    public long Conflicted { get; set; }

    /// <summary>Those that had read too long ago.</summary>
    public long TooOld { get; set; }

    /// <summary>Those that failed otherwise.</summary>
    public long Failed { get; set; }

    /// <summary>Mutations of those that were committed.</summary>
    public long Mutations { get; set; }

    /// <summary>Bytes of their requests.</summary>
    public long BytesWritten { get; set; }

    /// <summary>Requests that were refused with an error, commits aside.</summary>
    public long Errors { get; set; }

    /// <summary>Commits that wait for their decision.</summary>
    public readonly long CommitsWaiting => CommitsBegun - Committed - Conflicted - TooOld - Failed;

    /// <summary>Questions to the storage server.</summary>
    public readonly long Reads => Gets + Ranges;
}
