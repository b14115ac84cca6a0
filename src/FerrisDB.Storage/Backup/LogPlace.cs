namespace FerrisDB.Storage;

/// <summary>How far a backup has the log: where somebody goes on who wants the rest.</summary>
/// <param name="Segment">The last segment that it has.</param>
/// <param name="Offset">The end of the last record in it.</param>
/// <param name="Version">Of that record, or of the last one before.</param>
internal readonly record struct LogPlace(long Segment, long Offset, long Version)
{
    /// <summary>Where the log of a backup ends; null if it has none.</summary>
    public static LogPlace? Of(BackupManifest backup) =>
        LastOf(backup.Files.Select(static file => (file.Name, file.SizeBytes)), backup.LastVersion);

    /// <summary>Where the log of a backup will end that is made of this; null if it has none.</summary>
    public static LogPlace? Of(BackupOrigin origin) =>
        LastOf(origin.Log.Select(static file => (file.Name, file.SizeBytes)), origin.Moment.LastVersion);

    private static LogPlace? LastOf(IEnumerable<(string Name, long SizeBytes)> files, long lastVersion)
    {
        LogPlace? last = null;
        foreach (var (name, sizeBytes) in files)
        {
            if (FileNames.TryParse(name, out var kind, out var number) && kind == FileKind.Wal
                && number > (last?.Segment ?? 0))
                last = new LogPlace(number, sizeBytes - WalFormat.RecordHeaderSize, lastVersion);
        }
        return last;
    }
}
