namespace FerrisDB.Cli;

/// <summary>A write that was acknowledged.</summary>
internal sealed record WriteJson(long Version);
