namespace FerrisDB.Cli;

/// <summary>A number of keys.</summary>
internal sealed record CountJson(long Count);
