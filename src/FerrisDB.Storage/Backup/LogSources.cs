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

    /// <summary>
    /// The segments from a place on to where a log begins, whole; null if the log does not reach back to the place.
    /// </summary>
    public static IReadOnlyList<BackupSource>? Between(
        IFileSystem files, IReadOnlyList<WalSegmentInfo> segments, LogPlace from, LogSources log)
    {
        if (!HasPlace(files, segments, from))
            return null;
        var taken = log.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var sources = new List<BackupSource>();
        foreach (var segment in segments)
        {
            var name = FileNames.Wal(segment.Number);
            if (segment.Number < from.Segment || segment.Number > log.Newest.Number || taken.Contains(name))
                continue;
            var sizeBytes = segment.End - segment.Start;
            LogCopy.ReadAll(files, segment.Path, segment.Number, sizeBytes);
            sources.Add(LocalBackupSource.OfLog(files, segment.Path, name, sizeBytes, default));
        }
        return sources;
    }

    /// <summary>
    /// True if a record of the version ends at the place. The log of another database, or of a copy that went its own
    /// way, has other versions there.
    /// </summary>
    public static bool HasPlace(IFileSystem files, IReadOnlyList<WalSegmentInfo> segments, LogPlace place)
    {
        if (segments.FirstOrDefault(each => each.Number == place.Segment) is not { } segment)
            return false;
        using var reader = new WalReader(files.Open(segment.Path, FileAccess.Read), place.Segment);
        var lastVersion = reader.Header.PreviousVersion;
        while (reader.NextOffset < place.Offset && reader.TryNext(place.Offset))
            lastVersion = reader.Record.Version;
        return reader.NextOffset == place.Offset && lastVersion == place.Version;
    }
}
