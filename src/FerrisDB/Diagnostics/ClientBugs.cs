#if FERRIS_CHECKED
namespace FerrisDB;

/// <summary>
/// Bugs of the client that tests switch on to show that their checkers find them. They exist in the checked flavour
/// alone, so that no release build can contain one.
/// </summary>
/// <remarks>
/// Process-wide: a test that sets one belongs to the collection <c>SeededBugs</c>, which runs by itself.
/// </remarks>
internal static class ClientBugs
{
    /// <summary>The bug that is switched on, or <see cref="ClientBug.None"/>.</summary>
    public static volatile ClientBug Active = ClientBug.None;
}

/// <summary>Each names the line that it breaks.</summary>
internal enum ClientBug
{
    None = 0,

    /// <summary>A cleared range takes the conflicts of the keys in it along.</summary>
    ClearForgetsConflicts,

    /// <summary>Behind a cleared range everything is as the database has it.</summary>
    ClearForgetsWhatLiesBehind,

    /// <summary>Two atomic operations become one although their operands differ in length.</summary>
    OperationsOfAnyLengthAreOne,

    /// <summary>What was written behind a versionstamped key is committed before it.</summary>
    NothingIsLate,

    /// <summary>A read of a key that the transaction has an atomic operation on does not conflict.</summary>
    OwnOperationsDoNotConflict,

    /// <summary>A page that a limit ended conflicts with all behind it.</summary>
    PageConflictsAreNotCut,

    /// <summary>A page that a limit ended does not conflict with its last row.</summary>
    PageConflictsAreCutTooFar,

    /// <summary>A page whose end ran off all keys does not conflict with what comes there.</summary>
    PageConflictsForgetTheEnd,

    /// <summary>A range read that is under way sees what is written meanwhile.</summary>
    ReadsSeeLaterWrites,

    /// <summary>A key that was cleared is as the database has it, to the first read after blind writes.</summary>
    ReplayForgetsClears,

    /// <summary>A read goes on although its transaction was reset, cancelled or disposed.</summary>
    ReadsOutliveTheirTransaction,

    /// <summary>A range that ends before it begins is taken for an empty one.</summary>
    InvertedRangesAreAccepted,

    /// <summary>The error of a call without a result is told to nobody.</summary>
    DeferredErrorsAreForgotten,

    /// <summary>A run gives back what its transaction works in although its commit has failed.</summary>
    FailedCommitsAreLetGo,

    /// <summary>A selector may look behind all keys that the transaction may touch.</summary>
    SelectorsMayStartAnywhere,

    /// <summary>A page has memory that another one, which somebody still looks at, has too.</summary>
    PagesShareMemory,

    /// <summary>A range that a tenant reads goes on into the next tenant.</summary>
    TenantRangesRunOn,

    /// <summary>What a tenant has read conflicts with what others write outside of it.</summary>
    TenantConflictsHaveNoPrefix,

    /// <summary>A versionstamp goes where it would go if the key had no prefix.</summary>
    TenantStampsDoNotMove,
}
#endif
