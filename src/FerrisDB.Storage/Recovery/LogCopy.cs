namespace FerrisDB.Storage;

// The copy of a log is a log that was closed in good order:
//
//     segment n       the bytes up to where the next one starts
//     last segment    the bytes up to its last record, then an end mark
//
// With the end mark, damage that comes to the copy later is known to be damage and never taken for a torn end.

/// <summary>Copies segments of a log, as far as they are known to be whole, to another folder.</summary>
internal sealed class LogCopy(IFileSystem files, string targetFolder)
{
    /// <summary>
    /// Copies what has versions above the durable one, and reads the copy to be sure. Returns the version of the last
    /// record and the newest segment; the folder is not synced.
    /// </summary>
    public async ValueTask<(long LastVersion, BegunSegment Newest)> CopyAsync(
        IReadOnlyList<WalSegmentInfo> segments, long durableVersion)
    {
        // One that was just being begun when the log was held has nothing in it yet.
        var begun = segments.Where(segment => segment.End - segment.Start >= WalFormat.SegmentHeaderSize).ToList();
        var lastVersion = 0L;
        var newest = default(BegunSegment);
        for (var index = 0; index < begun.Count; index++)
        {
            var isLast = index == begun.Count - 1;
            if (!isLast && begun[index].NewestVersion <= durableVersion)
                continue;
            lastVersion = await CopyAsync(begun[index]);
            if (isLast)
                newest = await EndAsync(begun[index], lastVersion);
        }
        return (lastVersion, newest);
    }

    private async ValueTask<long> CopyAsync(WalSegmentInfo segment)
    {
        var path = PathOf(segment);
        var sizeBytes = segment.End - segment.Start;
        await FileCopy.CopyAsync(files, segment.Path, path, sizeBytes);
        using var reader = new WalReader(files.Open(path, FileAccess.Read), segment.Number);
        var lastVersion = reader.Header.PreviousVersion;
        while (reader.TryNext())
            lastVersion = reader.Record.Version;
        if (!reader.IsBegun || reader.NextOffset != sizeBytes)
            throw FerrisException.Corrupt(segment.Path, reader.NextOffset, "a record", reader.EndReason);
        return lastVersion;
    }

    private async ValueTask<BegunSegment> EndAsync(WalSegmentInfo segment, long lastVersion)
    {
        var mark = new byte[WalFormat.RecordHeaderSize];
        new WalRecordHeader(WalRecordKind.EndMark, 0, lastVersion, segment.End, Crc32C.Of([]))
            .Write(mark, segment.Number);
        using var file = files.Open(PathOf(segment), FileAccess.ReadWrite);
        await file.WriteAsync(segment.End - segment.Start, mark);
        await file.SyncAsync();
        return new BegunSegment(segment.Number, segment.End - segment.Start + mark.Length);
    }

    private string PathOf(WalSegmentInfo segment) => Path.Combine(targetFolder, FileNames.Wal(segment.Number));
}
