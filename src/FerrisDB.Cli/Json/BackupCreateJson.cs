namespace FerrisDB.Cli;

/// <summary>A backup that was made.</summary>
internal sealed record BackupCreateJson(
    string Target, BackupJson Backup, int FilesAdded, long BytesAdded, long BytesRead, double Seconds)
{
    public static BackupCreateJson Of(BackupTarget target, BackupResult result, TimeSpan elapsed) => new(
        target.Location, BackupJson.Of(result.Backup), result.FilesAdded, result.BytesAdded, result.BytesRead,
        Math.Round(elapsed.TotalSeconds, 3));
}
