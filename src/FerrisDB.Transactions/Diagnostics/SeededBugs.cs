#if FERRIS_CHECKED
namespace FerrisDB.Transactions;

/// <summary>
/// Bugs that tests switch on to show that their checkers find them. They exist in the checked flavour alone, so that
/// no release build can contain one.
/// </summary>
/// <remarks>
/// Process-wide: a test that sets one belongs to the collection <c>SeededBugs</c>, which runs by itself.
/// </remarks>
internal static class SeededBugs
{
    /// <summary>The bug that is switched on, or <see cref="SeededBug.None"/>.</summary>
    public static volatile SeededBug Active = SeededBug.None;
}

/// <summary>Each names the line that it breaks.</summary>
internal enum SeededBug
{
    None = 0,

    /// <summary>The resolver does not look at the last range that a transaction read.</summary>
    ResolverIgnoresTheLastRead,

    /// <summary>The resolver does not see the writes of transactions of the same batch.</summary>
    ResolverIgnoresItsOwnBatch,

    /// <summary>A range that ends with a key is checked as if it ended before that key.</summary>
    ConflictSetEndsBeforeTheLastKey,

    /// <summary>Boundaries go although somebody may still ask about them.</summary>
    ConflictSetForgetsTooEarly,

    /// <summary>Keys go a period too early.</summary>
    ConflictPeriodGoesTooEarly,

    /// <summary>Once keys were sorted, a range does not see those that came later.</summary>
    ConflictPeriodForgetsTheUnsorted,

    /// <summary>Once keys are in the hash table, a question about a key does not see those that came later.</summary>
    ConflictPeriodForgetsTheTail,

    /// <summary>A question about a key takes every write that it looked through for one that came later.</summary>
    ConflictPeriodTakesOldForNew,

    /// <summary>A key that was written again a moment ago keeps the version of its first write.</summary>
    ConflictPeriodKeepsTheFirstWrite,

    /// <summary>The hash table leads to the first write of a key that was written again.</summary>
    ConflictIndexKeepsTheFirstWrite,

    /// <summary>A get sees what was committed after its version.</summary>
    ReadsAreTooNew,

    /// <summary>A commit of more than three mutations leaves out the last one.</summary>
    CommitLosesTheLastMutation,

    /// <summary>A commit is answered without the sync that it asked for.</summary>
    CommitDoesNotWaitForTheDisk,

    /// <summary>A read version is the oldest that can be read instead of the newest.</summary>
    ReadVersionsAreOld,

    /// <summary>A read of a range sees what lies behind the keys that its token allows.</summary>
    RangesAreNotCut,

    /// <summary>A commit that was sent again is committed again.</summary>
    RetriedCommitsAreNotRecognized,

    /// <summary>A commit that was sent again is taken for whatever was committed in its slot.</summary>
    CommitsAreTakenForOthersOfTheirSlot,

    /// <summary>A key that takes over the counter of another one is counted from the beginning.</summary>
    NewKeysBeginAtOne,

    /// <summary>A queue beyond its target counts as if it were half way there.</summary>
    RatekeeperDoesNotSeeTheQueue,

    /// <summary>Transactions of batch priority start as those of default priority do.</summary>
    BatchPriorityDoesNotYield,

    /// <summary>Tables that come from outside conflict with nobody.</summary>
    TablesDoNotConflict,

    /// <summary>Tables that come from outside wake no watch.</summary>
    TablesWakeNoWatch,

    /// <summary>A transaction of a tenant commits although the tenant has been deleted.</summary>
    DeletedTenantsAreWritten,

    /// <summary>A token for some keys finds tenants that lie outside of them.</summary>
    TenantsOfOthersAreFound,

    /// <summary>A transaction that is not lock-aware commits although the database is locked.</summary>
    LockedDatabasesAreWritten,

    /// <summary>A lock is acknowledged before whoever starts is kept out.</summary>
    LocksAreSeenLate,

    /// <summary>A range that is read page by page reads each page at the newest version.</summary>
    StreamsFollowTheNewestVersion,

    /// <summary>The log of a follower whose connection breaks is let go.</summary>
    LogOfTheAwayIsLetGo,

    /// <summary>An import that has ended counts as one that is under way.</summary>
    EndedLoadsStayCounted,

    /// <summary>Whoever writes so much that storage cannot follow, no tag is found for it.</summary>
    HotTagsAreNotFound,
}
#endif
