namespace FerrisDB.Cli;

/// <summary>The address of a server that is stopping.</summary>
internal sealed record KillJson(string Stopping);
