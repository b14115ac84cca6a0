namespace FerrisDB.Cli;

/// <summary>A version: of a write that was acknowledged (-1 if nothing was written), or of what is read.</summary>
internal sealed record VersionJson(long Version);
