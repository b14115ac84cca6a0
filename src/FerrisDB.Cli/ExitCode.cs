namespace FerrisDB.Cli;

/// <summary>What the command tells the shell that started it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The key, or the file to inspect a key in, is not there.</summary>
    public const int NotFound = 1;

    /// <summary>The command line, or the input that it names, is wrong. Nothing is broken.</summary>
    public const int Usage = 2;

    /// <summary>The database refused or failed: damaged, locked, full, read-only.</summary>
    public const int Database = 3;
}
