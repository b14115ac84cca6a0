namespace FerrisDB.Transactions;

/// <summary>What the resolver says of a transaction.</summary>
internal enum Verdict
{
    /// <summary>Nothing that it read was written meanwhile; its writes count from here on.</summary>
    Committed,

    /// <summary>Something that it read was written after its read version. Its writes do not count.</summary>
    Conflict,

    /// <summary>It read at a version whose later writes are forgotten. Its writes do not count.</summary>
    TooOld,

    /// <summary>The database is locked, by somebody else than it may go past. Never told over the network.</summary>
    Locked,
}
