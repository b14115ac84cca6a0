namespace FerrisDB.Storage;

// The copy of a log is a log that was closed in good order:
//
//     segment n       the bytes up to where the next one starts
//     last segment    the bytes up to its last record, then an end mark
//
// With the end mark, damage that comes to the copy later is known to be damage and never taken for a torn end.

/// <summary>Copies segments of a log, as far as they are known to be whole.</summary>
internal static class LogCopy
{
    /// <summary>
    /// Copies what has versions above the durable one to another folder, and reads the copy to be sure. Returns the
    /// version of the last record and the newest segment; the folder is not synced.
    /// </summary>
    public static async ValueTask<(long LastVersion, BegunSegment Newest)> CopyAsync(
        IFileSystem files, string targetFolder, IReadOnlyList<WalSegmentInfo> segments, long durableVersion)
    {
        var lastVersion = 0L;
        var newest = default(BegunSegment);
        foreach (var segment in Needed(segments, durableVersion))
        {
            var sizeBytes = segment.End - segment.Start;
            var path = Path.Combine(targetFolder, FileNames.Wal(segment.Number));
            await FileCopy.CopyAsync(files, segment.Path, path, sizeBytes);
            lastVersion = ReadAll(files, path, segment.Number, sizeBytes);
            newest = new BegunSegment(segment.Number, sizeBytes);
        }
        if (newest.Number == 0)
            return (lastVersion, newest);
        return (lastVersion, await EndAsync(files, targetFolder, newest.Number, newest.SizeBytes));
    }

    /// <summary>The segments that a database with that durable version needs; always the last that has begun.</summary>
    public static IReadOnlyList<WalSegmentInfo> Needed(IReadOnlyList<WalSegmentInfo> segments, long durableVersion)
    {
        // One that was just being begun when the log was held has nothing in it yet.
        var begun = segments.Where(segment => segment.End - segment.Start >= WalFormat.SegmentHeaderSize).ToList();
        return [.. begun.Where(segment => segment.NewestVersion > durableVersion || segment == begun[^1])];
    }

    /// <summary>
    /// Reads a segment to the place where it must end. Returns the version of its last record, or of the one before if
    /// it has none.
    /// </summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/>: it ends somewhere else.</exception>
    public static long ReadAll(IFileSystem files, string path, long number, long sizeBytes)
    {
        using var reader = new WalReader(files.Open(path, FileAccess.Read), number);
        var lastVersion = reader.Header.PreviousVersion;
        while (reader.TryNext(sizeBytes))
            lastVersion = reader.Record.Version;
        if (!reader.IsBegun || reader.NextOffset != sizeBytes)
            throw FerrisException.Corrupt(path, reader.NextOffset, "a record", reader.EndReason);
        return lastVersion;
    }

    /// <summary>What stands behind the last record of a log that was closed in good order.</summary>
    /// <param name="number">Of the segment.</param>
    /// <param name="position">Where in the log the mark stands.</param>
    /// <param name="lastVersion">Of the last record.</param>
    public static byte[] EndMark(long number, long position, long lastVersion)
    {
        var mark = new byte[WalFormat.RecordHeaderSize];
        new WalRecordHeader(WalRecordKind.EndMark, 0, lastVersion, position, Crc32C.Of([])).Write(mark, number);
        return mark;
    }

    /// <summary>
    /// Ends a log in a segment: behind its last record at or below a version, within its first bytes, there is an end
    /// mark and nothing else. Returns what the manifest must know of it.
    /// </summary>
    public static async ValueTask<BegunSegment> EndAsync(
        IFileSystem files, string folder, long number, long limit, long newestVersion = long.MaxValue)
    {
        var path = Path.Combine(folder, FileNames.Wal(number));
        var (offset, start, lastVersion) = FindEnd(files, path, number, limit, newestVersion);
        var mark = EndMark(number, start + offset, lastVersion);
        using var file = files.Open(path, FileAccess.ReadWrite);
        await file.SetLengthAsync(offset);
        await file.WriteAsync(offset, mark);
        await file.SyncAsync();
        return new BegunSegment(number, offset + mark.Length);
    }

    private static (long Offset, long Start, long LastVersion) FindEnd(
        IFileSystem files, string path, long number, long limit, long newestVersion)
    {
        using var reader = new WalReader(files.Open(path, FileAccess.Read), number);
        var (offset, lastVersion) = (reader.NextOffset, reader.Header.PreviousVersion);
        while (reader.TryNext(limit) && reader.Record.Version <= newestVersion)
        {
            // An end mark in the middle, where a log went on after it was closed, is a record like others.
            (offset, lastVersion) = (reader.NextOffset, reader.Record.Version);
        }
        return (offset, reader.Header.Start, lastVersion);
    }
}
