namespace FerrisDB.Storage;

/// <summary>The part of a log that a backup needs, as the files of a log that was closed in good order.</summary>
/// <param name="Files">The segments, oldest first; the last one ends with an end mark.</param>
/// <param name="LastVersion">Of the last record; 0 if there are none.</param>
/// <param name="Newest">The last segment.</param>
internal sealed record LogSources(IReadOnlyList<BackupSource> Files, long LastVersion, BegunSegment Newest)
{
    /// <summary>Reads what has versions above the durable one, to be sure that it is whole.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/></exception>
    public static LogSources Of(IFileSystem files, IReadOnlyList<WalSegmentInfo> segments, long durableVersion)
    {
        var needed = LogCopy.Needed(segments, durableVersion);
        var sources = new List<BackupSource>();
        var (lastVersion, newest) = (0L, default(BegunSegment));
        foreach (var segment in needed)
        {
            var sizeBytes = segment.End - segment.Start;
            lastVersion = LogCopy.ReadAll(files, segment.Path, segment.Number, sizeBytes);
            var tail = segment == needed[^1] ? LogCopy.EndMark(segment.Number, segment.End, lastVersion) : [];
            sources.Add(LocalBackupSource.OfLog(files, segment.Path, FileNames.Wal(segment.Number), sizeBytes, tail));
            newest = new BegunSegment(segment.Number, sizeBytes + tail.Length);
        }
        return new LogSources(sources, lastVersion, newest);
    }
}
