namespace FerrisDB.Cli;

/// <summary>What a verification of backups has found.</summary>
internal sealed record BackupVerifyJson(
    string Target, bool IsSound, IReadOnlyList<VerifyFinding> Findings, int Backups, int Objects, long Bytes,
    double Seconds)
{
    public static BackupVerifyJson Of(BackupTarget target, BackupVerifyReport report, TimeSpan elapsed) => new(
        target.Location, report.IsSound, report.Findings, report.Backups.Count, report.ObjectsRead, report.BytesRead,
        Math.Round(elapsed.TotalSeconds, 3));
}
