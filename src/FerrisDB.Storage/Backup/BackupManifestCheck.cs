namespace FerrisDB.Storage;

/// <summary>Whether what a manifest says can be: it has checked out, so nothing else was ever written.</summary>
internal static class BackupManifestCheck
{
    private const long TimeMax = 253_402_300_799_999; // the last millisecond of the year 9999

    public static bool IsPlausible(long taken, long first, long last, List<BackupFile> files) =>
        taken is >= 0 and <= TimeMax && first >= 0 && last >= first
        && files.Count(file => IsKind(file, FileKind.Manifest)) == 1
        && files.DistinctBy(file => file.Name).Count() == files.Count;

    public static bool IsKind(BackupFile file, FileKind kind) =>
        FileNames.TryParse(file.Name, out var found, out _) && found == kind;
}
