namespace FerrisDB.Transactions;

/// <summary>Why transactions are kept from starting.</summary>
internal enum RateLimitReason
{
    /// <summary>They are not.</summary>
    None = 0,

    /// <summary>MemTables fill faster than they are flushed.</summary>
    MemTables = 1,

    /// <summary>
    /// Tables of L0 pile up. For storage that can tell a rate of it: <see cref="StorageLoad"/> says why ours cannot.
    /// </summary>
    L0Tables = 2,

    /// <summary>Too many bytes wait for compaction. As with L0.</summary>
    CompactionDebt = 3,

    /// <summary>Commits wait too long for the log.</summary>
    CommitQueue = 4,
}
