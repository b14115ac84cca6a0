using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Where does the log end? Pages that were not synced reach the disk in any order, so after a power cut a damaged record
// may be followed by good ones, and that is no error: nobody was told that they were durable. But every record carries
// the position up to which the log was durable when it was built:
//
//     position    0 ────────────── s ─────────────── d ──────────────────────► end of files
//                 records          │                 │ the first record that does not check out
//                                  │                 records behind it may be whole
//                 the highest syncedThrough of any record, before d or behind it
//
//     d < s    what is damaged was durable once: corruption, refused with its place
//     s <= d   what is damaged was never promised: the log ends at d, all behind it is discarded
//
// An end mark is built after a sync, so its syncedThrough is its own position, and damage before it is corruption.
//
// A segment has its full length before its header is written, and only an end mark may be followed by the end of the
// file: a file that was cut is corruption, however whole its records are.
//
// A log that is missing looks like one that was never begun. So the manifest knows the newest segment with a durable
// header and how long its file is, before anybody is told that a record in it is durable: a file that is missing,
// shorter or without a header is corruption. Segments before that one are missed because positions do not join. In a
// segment behind it nothing was promised, its header included: where that is missing the log ends before it, unless a
// record behind knows better. A segment that is discarded is taken back from the manifest before its file is deleted.
//
// Segments join by positions: the one that begins where the last record ended goes on. Older ones than the newest whose
// header says that all versions before it are in tables are not looked at: they may be half deleted.
//
// What was read may be in the page cache only: before recovery is done, WalHardening makes it durable.

/// <summary>Reads a folder's log in order and finds its end.</summary>
/// <remarks>
/// For one thread. Read with <see cref="TryNext"/> until it returns false, then call <see cref="FinishAsync"/>.
/// </remarks>
internal sealed class WalRecovery : IDisposable
{
    private const int UnbegunSearchBytes = 256 << 10;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly long _durableVersion;
    private readonly BegunSegment _known;
    private readonly bool _isReadOnly;
    private readonly WalHardening? _hardening;
    private readonly List<WalSegmentInfo> _live = [];
    private readonly List<WalSegmentFile> _segments;
    private readonly int _firstSegment;
    private readonly long _highestNumber;
    private int _segment;
    private WalReader? _reader;
    private long _start; // of the segment that is read
    private long _limit; // the offset in it where the next one goes on
    private long _lastVersion;
    private long _syncedThrough;
    private long _tellAt = long.MaxValue; // the offset at which hardening is told next
    private bool _endsWithMark;
    private WalEnd? _end;

    /// <param name="files">The disk.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="durableVersion">
    /// Everything up to this version is in tables: it is not returned, and may be missing.
    /// </param>
    /// <param name="isReadOnly">Writes nothing, not even to make durable what was read.</param>
    /// <param name="known">The newest segment that the manifest knows: it must be there.</param>
    /// <param name="hardening">
    /// Makes durable in the background what is read, and is the caller's. Without one all is left to the end.
    /// </param>
    public WalRecovery(
        IFileSystem files,
        string directory,
        long durableVersion,
        bool isReadOnly,
        BegunSegment known = default,
        WalHardening? hardening = null)
    {
        Invariant.That(!isReadOnly || hardening is null);
        _files = files;
        _directory = directory;
        _durableVersion = durableVersion;
        _known = known;
        _isReadOnly = isReadOnly;
        _hardening = hardening;
        _segments = WalSegmentFile.List(files, directory);
        _highestNumber = _segments.Count == 0 ? 0 : _segments[^1].Number;
        RefuseLostSegment();
        _firstSegment = FindFirstSegment();
        _segment = _firstSegment;
        _lastVersion = _firstSegment < 0 ? durableVersion : _segments[_firstSegment].Header!.Value.PreviousVersion;
        if (_firstSegment >= 0)
            return;
        foreach (var segment in _segments)
        {
            using var reader = segment.Open(files);
            RefuseRecordsWithoutHeader(reader);
        }
    }

    /// <summary>The segment that the last batch lies in.</summary>
    public string SegmentPath => _reader!.Path;

    /// <summary>Where in it the last batch begins.</summary>
    public long PayloadOffset => _reader!.Offset + WalFormat.RecordHeaderSize;

    /// <summary>Reads the next batch above the durable version; false at the end of the log.</summary>
    /// <param name="version">Greater than that of the batch before.</param>
    /// <param name="payload">A canonical batch; valid until the next call.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.FormatTooNew"/>
    /// </exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryNext(out long version, out ReadOnlySpan<byte> payload)
    {
        while (_end is null && TryNextRecord())
        {
            if (_reader!.Record.Kind != WalRecordKind.Batch || _reader.Record.Version <= _durableVersion)
                continue;
            version = _reader.Record.Version;
            payload = _reader.Payload;
            return true;
        }
        version = 0;
        payload = default;
        return false;
    }

    /// <summary>
    /// Makes durable what was read and deletes what lies behind the end. Until it is done, nothing that was read may be
    /// shown to anybody.
    /// </summary>
    /// <param name="segmentBegun">
    /// Told which segment is the newest, if the manifest does not know, before others are deleted.
    /// </param>
    public async ValueTask<WalEnd> FinishAsync(Func<BegunSegment, ValueTask>? segmentBegun = null)
    {
        Invariant.That(_end is not null);
        _reader?.Dispose();
        _reader = null;
        if (_isReadOnly)
            return _end;
        if (_hardening is not null)
            await _hardening.FinishAsync();
        else
            await HardenAsync();
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalDiscardsWhatTheManifestKnows)
            segmentBegun = null;
#endif
        if (segmentBegun is not null && _live is [.., var newest] && newest.Number != _known.Number)
            await segmentBegun(new BegunSegment(newest.Number, newest.SizeBytes));
        await DeleteOthersAsync();
        return _end;
    }

    public void Dispose() => _reader?.Dispose();

    private async ValueTask HardenAsync()
    {
        await using var hardening = new WalHardening(_files);
        foreach (var segment in _live)
            hardening.Complete(segment, _syncedThrough);
        await hardening.FinishAsync();
    }

    private async ValueTask DeleteOthersAsync()
    {
        var isAnyDeleted = false;
        foreach (var segment in _segments.Where(segment => _live.TrueForAll(live => live.Number != segment.Number)))
        {
            _files.Delete(segment.Path);
            isAnyDeleted = true;
        }
        // Must not come back: the log goes on at the position where a discarded segment may have begun.
        if (isAnyDeleted)
            await _files.SyncDirectoryAsync(_directory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryNextRecord()
    {
        while (_firstSegment >= 0)
        {
            if (_reader is null)
            {
                _reader = _segments[_segment].Open(_files);
                _tellAt = NextTelling(WalFormat.SegmentHeaderSize);
                (_start, _limit) = (_segments[_segment].Header!.Value.Start, OffsetOfNextSegment());
            }
            if (_reader.TryNext(_limit))
            {
                CheckRecord();
                return true;
            }
            EndSegment();
            if (_reader.NextOffset != _limit)
                return DecideEnd();
            _reader.Dispose();
            _reader = null;
            _segment = NextBegun(_segment);
            _endsWithMark = false;
            CheckJoin();
        }
        _end = WalEnd.Empty(_lastVersion) with { HighestNumber = _highestNumber };
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckRecord()
    {
        var record = _reader!.Record;
        var position = PositionOf(_reader.Offset);
        _endsWithMark = record.Kind == WalRecordKind.EndMark;
        var isInOrder = _endsWithMark ? record.Version == _lastVersion : record.Version > _lastVersion;
        if (!isInOrder)
        {
            var expected = _endsWithMark ? $"version {_lastVersion}" : $"a version above {_lastVersion}";
            throw FerrisException.Corrupt(_reader.Path, _reader.Offset, expected, $"{record.Version}");
        }
        if (record.SyncedThrough > position)
        {
            throw FerrisException.Corrupt(
                _reader.Path, _reader.Offset, $"a durable position up to {position}", $"{record.SyncedThrough}");
        }
        _lastVersion = record.Version;
        _syncedThrough = Math.Max(_syncedThrough, record.SyncedThrough);
        if (_reader.NextOffset >= _tellAt)
            TellHardening();
    }

    private void TellHardening()
    {
        _hardening!.Read(_reader!.Path, _start, PositionOf(_reader.NextOffset), _syncedThrough);
        _tellAt = NextTelling(_reader.NextOffset);
    }

    private long NextTelling(long offset) => _hardening is null ? long.MaxValue : offset + _hardening.IntervalBytes;

    // A segment knows the version before it: a switch that lost a record does not go unseen.
    private void CheckJoin()
    {
        var next = _segments[_segment];
        if (next.Header!.Value.PreviousVersion != _lastVersion)
        {
            throw FerrisException.Corrupt(
                next.Path, 0, $"a segment behind version {_lastVersion}", $"{next.Header.Value.PreviousVersion}");
        }
    }

    private void EndSegment()
    {
        var segment = _segments[_segment];
        _live.Add(new WalSegmentInfo(
            segment.Number,
            segment.Path,
            segment.Header!.Value.Start,
            PositionOf(_reader!.NextOffset),
            _lastVersion,
            segment.Length,
            segment.Header.Value.SegmentBytes));
        _hardening?.Complete(_live[^1], _syncedThrough);
    }

    private bool DecideEnd()
    {
        var reader = _reader!;
        var position = PositionOf(reader.NextOffset);
        var known = Math.Max(_syncedThrough, reader.FindSyncedThrough(reader.NextOffset));
        for (var index = _segment + 1; index < _segments.Count; index++)
        {
            using var later = _segments[index].Open(_files);
            if (later.IsBegun || MayLackHeader(_segments[index]))
                known = Math.Max(known, later.FindSyncedThrough(WalFormat.SegmentHeaderSize));
            else
                RefuseRecordsWithoutHeader(later);
        }
        if (position < known)
        {
            throw FerrisException.Corrupt(
                reader.Path, reader.NextOffset, $"a record (the log was durable up to position {known})",
                reader.EndReason);
        }
        if (!_endsWithMark && reader.Length < reader.Header.SegmentBytes)
        {
            throw FerrisException.Corrupt(
                reader.Path, reader.Length, $"a segment of {reader.Header.SegmentBytes} bytes", "the end of the file");
        }
        // Behind an end mark only zeros are in good order: what a torn append left must not be appended to.
        var isClean = _endsWithMark && NextBegun(_segment) < 0 && reader.IsBlankFrom(reader.NextOffset);
        _end = new WalEnd
        {
            Position = position,
            LastVersion = Math.Max(_lastVersion, _durableVersion),
            IsBehindTables = _lastVersion < _durableVersion,
            HighestNumber = _highestNumber,
            Segments = _live,
            IsClean = isClean,
            Reason = isClean
                ? $"{reader.Path} was closed in good order at offset {reader.NextOffset}"
                : $"{reader.Path} has {reader.EndReason} at offset {reader.NextOffset}",
        };
        return false;
    }

    private void RefuseLostSegment()
    {
        if (_known.Number == 0)
            return;
        var path = Path.Combine(_directory, FileNames.Wal(_known.Number));
        var expected = $"the newest segment of the log, which the manifest knows to have {_known.SizeBytes} bytes";
        var segment = _segments.Find(candidate => candidate.Number == _known.Number)
            ?? throw FerrisException.Corrupt(path, 0, expected, "no file");
        if (segment.Length < _known.SizeBytes)
            throw FerrisException.Corrupt(path, segment.Length, expected, "the end of the file");
        if (segment.Header is null)
            throw FerrisException.Corrupt(path, 0, expected, "no header of a segment");
    }

    private int FindFirstSegment()
    {
        var oldest = NextBegun(-1);
        if (oldest < 0)
            return -1;
        var newest = _segments.FindLastIndex(segment => segment.Header?.PreviousVersion <= _durableVersion);
        if (newest >= 0)
            return newest;
        var first = _segments[oldest];
        throw FerrisException.Corrupt(
            first.Path,
            0,
            $"the oldest segment to go on from version {_durableVersion} or earlier, where tables end",
            $"version {first.Header!.Value.PreviousVersion}: older segments are missing");
    }

    private int NextBegun(int segment) => _segments.FindIndex(segment + 1, candidate => candidate.Header is not null);

    private long OffsetOfNextSegment()
    {
        var next = NextBegun(_segment);
        if (next < 0)
            return long.MaxValue;
        var start = _segments[_segment].Header!.Value.Start;
        var nextStart = _segments[next].Header!.Value.Start;
        if (nextStart < start + WalFormat.SegmentHeaderSize)
        {
            throw FerrisException.Corrupt(
                _segments[next].Path, 0, $"a segment that starts behind position {start}", $"{nextStart}");
        }
        return nextStart - start;
    }

    private long PositionOf(long offset) => _start + offset;

    // Only those that were about to be confirmed when it ended; the first of a log is confirmed before its records.
    private bool MayLackHeader(WalSegmentFile segment)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalRecoveryWantsEveryHeader)
            return false;
#endif
        return segment.Number > _known.Number;
    }

    // The header of a segment that the manifest knows is durable, so a record proves that there was one. Where the
    // header is blank or from an earlier use there was none, unless whole sectors were lost: a look at the first
    // records is enough. Only what is neither is worth a search through all of the file.
    private static void RefuseRecordsWithoutHeader(WalReader reader)
    {
        var to = reader.HasBlankHeader || reader.IsLeftover ? UnbegunSearchBytes : long.MaxValue;
        if (reader.FindSyncedThrough(WalFormat.SegmentHeaderSize, to) >= 0)
            throw FerrisException.Corrupt(reader.Path, 0, "the header of a segment that has records", "something else");
    }
}
