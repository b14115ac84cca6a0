namespace FerrisDB.Storage;

/// <summary>How far a backup has the log: where somebody goes on who wants the rest.</summary>
/// <param name="Segment">The last segment that it has.</param>
/// <param name="Offset">The end of the last record in it.</param>
/// <param name="Version">Of that record, or of the last one before.</param>
internal readonly record struct LogPlace(long Segment, long Offset, long Version)
{
    /// <summary>Where the log of a backup ends; null if it has none.</summary>
    public static LogPlace? Of(BackupManifest backup)
    {
        LogPlace? last = null;
        foreach (var file in backup.Files)
        {
            if (FileNames.TryParse(file.Name, out var kind, out var number) && kind == FileKind.Wal
                && number > (last?.Segment ?? 0))
                last = new LogPlace(number, file.SizeBytes - WalFormat.RecordHeaderSize, backup.LastVersion);
        }
        return last;
    }
}
