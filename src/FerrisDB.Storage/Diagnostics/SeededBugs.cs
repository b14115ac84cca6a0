#if FERRIS_CHECKED
namespace FerrisDB.Storage;

/// <summary>
/// Bugs that tests switch on to show that their checkers find them. They exist in the checked flavour alone, so that
/// no release build can contain one.
/// </summary>
/// <remarks>Process-wide: a test that sets one belongs to the collection <c>SeededBugs</c>, which runs by itself.</remarks>
internal static class SeededBugs
{
    /// <summary>The bug that is switched on, or <see cref="SeededBug.None"/>.</summary>
    public static volatile SeededBug Active = SeededBug.None;
}

/// <summary>Each names the line that it breaks.</summary>
internal enum SeededBug
{
    None = 0,

    /// <summary>Epochs free what was unlinked without looking who still reads.</summary>
    EpochIgnoresReaders,

    /// <summary>Epochs read the slots without making the readers' stores visible first.</summary>
    EpochReclaimsWithoutBarrier,
}
#endif
