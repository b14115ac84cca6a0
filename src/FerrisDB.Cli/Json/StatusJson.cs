namespace FerrisDB.Cli;

/// <summary>What the shell has open; no bytes if there is no transaction.</summary>
internal sealed record StatusJson(string Folder, long Version, string WriteMode, long? TransactionBytes);
