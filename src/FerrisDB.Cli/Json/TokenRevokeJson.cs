namespace FerrisDB.Cli;

/// <summary>An access token that was taken back, if it was there.</summary>
internal sealed record TokenRevokeJson(string Id, bool Revoked);
