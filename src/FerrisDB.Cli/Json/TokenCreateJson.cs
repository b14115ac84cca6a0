namespace FerrisDB.Cli;

/// <summary>A new access token, or the file that it was written into.</summary>
internal sealed record TokenCreateJson(string Id, string? Token, string? File);
