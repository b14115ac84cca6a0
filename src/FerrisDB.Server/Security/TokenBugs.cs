#if FERRIS_CHECKED
namespace FerrisDB.Server;

/// <summary>
/// Bugs of the token file that tests switch on to show that their checkers find them. They exist in the checked
/// flavour alone, so that no release build can contain one.
/// </summary>
/// <remarks>
/// Process-wide: a test that sets one belongs to the collection <c>SeededBugs</c>, which runs by itself.
/// </remarks>
internal static class TokenBugs
{
    /// <summary>The file is changed without its lock: of two at once, one undoes what the other did.</summary>
    public static volatile bool ChangesWithoutLock;

    /// <summary>Between the reading of the file and its writing.</summary>
    public static void Linger()
    {
        if (ChangesWithoutLock)
            Thread.Yield();
    }
}
#endif
