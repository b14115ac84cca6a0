namespace FerrisDB.Cli;

/// <summary>What has become of the transaction: begun, reset, rolled back; or that a write in it is pending.</summary>
internal sealed record TransactionJson(string Transaction);
