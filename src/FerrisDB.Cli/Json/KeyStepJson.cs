namespace FerrisDB.Cli;

/// <summary>A place that a read of a key looks at, or passes by, and what comes of it.</summary>
internal sealed record KeyStepJson(string Place, string Finding);
