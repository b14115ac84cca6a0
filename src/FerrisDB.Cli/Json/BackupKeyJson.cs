namespace FerrisDB.Cli;

/// <summary>A key file that was made.</summary>
internal sealed record BackupKeyJson(string File);
