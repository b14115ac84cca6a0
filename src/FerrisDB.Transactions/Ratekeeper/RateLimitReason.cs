namespace FerrisDB.Transactions;

/// <summary>Why transactions are kept from starting.</summary>
internal enum RateLimitReason
{
    /// <summary>They are not.</summary>
    None = 0,

    /// <summary>MemTables fill faster than they are flushed.</summary>
    MemTables = 1,

    /// <summary>Commits wait too long for the log.</summary>
    CommitQueue = 2,
}
