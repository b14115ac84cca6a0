namespace FerrisDB.Cli;

/// <summary>All backups of a target.</summary>
internal sealed record BackupListJson(IReadOnlyList<BackupJson> Backups);
