namespace FerrisDB.Cli;

/// <summary>A database that was restored.</summary>
internal sealed record RestoreJson(
    string Folder, string Backup, long Version, long Bytes, long BytesKept, double Seconds)
{
    public static RestoreJson Of(string folder, RestoreResult result, TimeSpan elapsed) => new(
        folder, result.Backup.Id, result.LastVersion, result.SizeBytes, result.BytesKept,
        Math.Round(elapsed.TotalSeconds, 3));
}
