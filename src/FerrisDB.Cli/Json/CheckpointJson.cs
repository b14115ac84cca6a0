namespace FerrisDB.Cli;

/// <summary>A checkpoint that was taken.</summary>
internal sealed record CheckpointJson(string Folder, long Version, double Seconds);
