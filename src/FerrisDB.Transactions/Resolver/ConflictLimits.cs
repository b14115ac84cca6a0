namespace FerrisDB.Transactions;

/// <summary>How much trouble a <see cref="ConflictPeriod"/> takes before it does something about it.</summary>
/// <param name="ProbesMax">Slots of the hash table that a search looks at.</param>
/// <param name="FewHashes">Hashes that a question about a key looks at without regret.</param>
/// <param name="HashesPerIndexedEntry">What bringing an entry into the hash table costs, in hashes.</param>
/// <param name="FewEntries">Entries that a question about a range looks at without regret.</param>
/// <param name="EntriesPerSortedEntry">What sorting an entry costs, in entries looked at.</param>
internal sealed record ConflictLimits(
    int ProbesMax, int FewHashes, int HashesPerIndexedEntry, int FewEntries, int EntriesPerSortedEntry)
{
    /// <summary>
    /// What a key meets by chance is far less than 48 others, with half of the slots free. A kilobyte of hashes is
    /// looked through in some 20 ns, which is what a cache miss in the hash table costs and less.
    /// </summary>
    public static ConflictLimits Default { get; } =
        new(ProbesMax: 48, FewHashes: 256, HashesPerIndexedEntry: 64, FewEntries: 128, EntriesPerSortedEntry: 32);
}
