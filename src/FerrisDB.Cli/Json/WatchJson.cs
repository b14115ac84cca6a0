namespace FerrisDB.Cli;

/// <summary>What became of a watch.</summary>
internal sealed record WatchJson(string Key, string? KeyBase64, bool Changed);
