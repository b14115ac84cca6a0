namespace FerrisDB.Cli;

/// <summary>What an export did.</summary>
internal sealed record ExportJson(long Records, long Bytes, double Seconds, long Version);
