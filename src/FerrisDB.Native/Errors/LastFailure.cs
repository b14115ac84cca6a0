namespace FerrisDB.Native;

/// <summary>Failures of functions that cannot tell: a debugger, or a dump, finds the last one here.</summary>
internal static class LastFailure
{
    private static volatile Exception? _failure;

    /// <summary>The last one.</summary>
    public static Exception? Value => _failure;

    public static void Keep(Exception failure) => _failure = failure;
}
