namespace FerrisDB.Storage;

/// <summary>What a verification of backups has found.</summary>
/// <param name="Backups">Backups that were verified.</param>
/// <param name="ObjectsRead">Objects that were read, each once.</param>
/// <param name="BytesRead">Bytes of them, as the database had them.</param>
/// <param name="Findings">Everything that is not as it should be, and which backups it concerns.</param>
public sealed record BackupVerifyReport(
    IReadOnlyList<BackupInfo> Backups, int ObjectsRead, long BytesRead, IReadOnlyList<VerifyFinding> Findings)
{
    /// <summary>True if every backup that was verified can be restored.</summary>
    public bool IsSound => Findings.All(finding => !finding.IsDamage);
}
