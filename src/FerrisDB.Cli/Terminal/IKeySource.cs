namespace FerrisDB.Cli;

/// <summary>The keys that a person presses, one by one.</summary>
internal interface IKeySource
{
    /// <summary>Columns of the terminal.</summary>
    int Width { get; }

    /// <summary>The next key, not shown, or null when there will be no more.</summary>
    ConsoleKeyInfo? Read();
}
