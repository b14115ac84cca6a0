namespace FerrisDB.Cli;

/// <summary>A backup in a list.</summary>
internal sealed record BackupJson(
    string Id, DateTimeOffset? TakenAt, long FirstVersion, long LastVersion, int Files, long Bytes, string? Damage)
{
    public static BackupJson Of(BackupInfo backup) => new(
        backup.Id, backup.Damage is null ? backup.TakenAt : null, backup.FirstVersion, backup.LastVersion,
        backup.FileCount, backup.SizeBytes, backup.Damage);
}
