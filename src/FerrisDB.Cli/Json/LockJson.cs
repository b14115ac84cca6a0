namespace FerrisDB.Cli;

/// <summary>The id that a database is locked by; null if it is not locked.</summary>
internal sealed record LockJson(string? LockedBy);
