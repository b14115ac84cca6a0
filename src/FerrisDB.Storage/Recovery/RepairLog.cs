namespace FerrisDB.Storage;

// What of a damaged log may be applied? The commits must stay a prefix of those that were made, so the question at each
// record is whether one is missing before it:
//
//     versions    41 42 43 ▒▒ 45 46        44 is gone: 45 and 46 can be read and are not applied
//     versions    41 42 ▒▒ 44 (D = 43)     what is gone is in tables (D): 44 is applied
//     versions    41 42 ▒▒ 43              damage between the records, or in the header of a segment: 43 follows on 42
//
// Behind damage a record is known to follow if its version is at most one above the last, or if the head of the damaged
// record is whole and says that its version is in tables. Versions that the caller has chosen with gaps prove nothing:
// then what is behind the damage is not applied.

/// <summary>How much of the log of a folder that is to be repaired can be replayed.</summary>
internal sealed class RepairLog
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly long _covered;
    private readonly bool _replaysAll;
    private readonly BegunSegment _known;
    private readonly List<VerifyFinding> _findings = [];
    private long _wholeFrom;
    private long _replayFrom;
    private bool _isReplaying;

    // The walk: records of this one and the ones before are all in hand up to this version.
    private long _last;
    private long _record;
    private bool _isAdjacent;
    private bool _isBroken;
    private bool _endsWithMark;
    private long? _end;
    private long _syncedThrough;

    private RepairLog(IFileSystem files, string folder, long covered, bool replaysAll, BegunSegment known)
    {
        _files = files;
        _folder = folder;
        _covered = covered;
        _replaysAll = replaysAll;
        _known = known;
    }

    private delegate void RecordVisitor(long version, ReadOnlySpan<byte> payload);

    public IReadOnlyList<VerifyFinding> Findings => _findings;

    public bool IsWhole => _findings.Count == 0;

    /// <summary>The newest version of which all commits up to it are in tables or can be replayed.</summary>
    public long LastVersion { get; private set; }

    /// <summary>The newest version that any readable record or header names.</summary>
    public long HighestVersion { get; private set; }

    /// <summary>Commits that can be replayed.</summary>
    public long Records { get; private set; }

    /// <summary>Commits that can be read, but not applied because one before them is lost.</summary>
    public long RecordsBehind { get; private set; }

    /// <summary>True if commits behind <see cref="LastVersion"/> are lost, or may be.</summary>
    public bool LosesCommits { get; private set; }

    /// <summary>
    /// If the log begins behind what tables are known to have: the first version that neither has; else 0.
    /// </summary>
    public long MissingFrom { get; private set; }

    /// <summary>The last version that neither has.</summary>
    public long MissingThrough { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database.</param>
    /// <param name="covered">Everything up to this version is in tables.</param>
    /// <param name="replaysAll">
    /// Nobody knows just what is in tables: what the log has of older versions is replayed too, and a log that begins
    /// later is taken to begin where tables end.
    /// </param>
    /// <param name="known">The newest segment that the manifest knows.</param>
    public static RepairLog Read(
        IFileSystem files, string folder, long covered, bool replaysAll, BegunSegment known)
    {
        var log = new RepairLog(files, folder, covered, replaysAll, known);
        // Segments that were about to be deleted may have holes between them: what tables have, they need not have.
        if ((replaysAll && log.TryReadWhole(log.FirstVersion(), null)) || log.TryReadWhole(covered, null))
        {
            log._findings.Clear();
            return log;
        }
        log.Walk(null);
        return log;
    }

    /// <summary>Fills MemTables with what is to be replayed, oldest first; the receiver releases them.</summary>
    public async ValueTask ReplayAsync(long capacityBytes, Func<MemTable, ValueTask> receive)
    {
        var number = 0;
        var full = new Queue<MemTable>();
        using var replay = new LogReplay(capacityBytes, bytes => new MemTable(bytes, (ulong)number, ++number));
        RecordVisitor add = (version, payload) =>
        {
            if (replay.TryAdd(version, payload))
                return;
            full.Enqueue(replay.Take());
            replay.TryAdd(version, payload);
        };
        if (IsWhole)
            TryReadWhole(_wholeFrom, add);
        else
            Walk(add);
        if (!replay.IsEmpty)
            full.Enqueue(replay.Take());
        while (full.TryDequeue(out var memTable))
            await receive(memTable);
    }

    // The log as an open reads it.
    private bool TryReadWhole(long from, RecordVisitor? visit)
    {
        try
        {
            using var recovery = new WalRecovery(_files, _folder, from, isReadOnly: true, _known);
            var records = 0L;
            while (recovery.TryNext(out var version, out var payload))
            {
                BatchReader.Verify(payload, $"the batch of version {version} in the log");
                visit?.Invoke(version, payload);
                records++;
            }
            var end = Blocking.Wait(recovery.FinishAsync());
            Records = records;
            LastVersion = HighestVersion = Math.Max(end.LastVersion, _covered);
            (MissingFrom, MissingThrough) = from > _covered ? (_covered + 1, from) : (0, 0);
            _wholeFrom = from;
            return true;
        }
        catch (FerrisException error) when (error.Code != ErrorCode.FormatTooNew)
        {
            _findings.Clear();
            _findings.Add(VerifyFinding.From(error, FileNames.Wal(0)));
            return false;
        }
    }

    private long FirstVersion()
    {
        var headers = WalSegmentFile.List(_files, _folder).Where(segment => segment.Header is not null).ToList();
        return headers.Count == 0 ? _covered : headers.Min(segment => segment.Header!.Value.PreviousVersion);
    }

    private void Walk(RecordVisitor? visit)
    {
        _last = _covered;
        HighestVersion = _covered;
        (_record, _isAdjacent, _isBroken) = (0, false, false);
        (Records, RecordsBehind) = (0, 0);
        (_endsWithMark, _end, _syncedThrough) = (false, null, 0);
        _isReplaying = visit is not null;
        var segments = WalSegmentFile.List(_files, _folder);
        for (var index = 0; index < segments.Count; index++)
        {
            using var reader = segments[index].Open(_files);
            var header = segments[index].Header;
            Join(header);
            Walk(reader, LimitOf(segments, index), visit);
            if (header is null && reader.NextOffset == WalFormat.SegmentHeaderSize)
                continue;
            _end = header is null || reader.Length < header.Value.SegmentBytes
                ? null
                : header.Value.Start + reader.NextOffset;
        }
        LastVersion = _last;
        // An end that was known to be durable is no end; nor is one that a cut file or a lost header leaves open.
        LosesCommits = _isBroken || HighestVersion > _last || !(_endsWithMark || _end >= _syncedThrough)
            || IsKnownSegmentLost(segments);
        if (visit is null)
            Records = _record - _replayFrom;
    }

    // What was cut back to an earlier end mark ends with one too.
    private bool IsKnownSegmentLost(List<WalSegmentFile> segments) =>
        _known.Number != 0
        && !segments.Exists(segment => segment.Number == _known.Number && segment.Length >= _known.SizeBytes);

    private void Join(WalSegmentHeader? header)
    {
        var previous = header?.PreviousVersion;
        if (_replaysAll && _record == 0 && !_isBroken && previous > _last)
        {
            (MissingFrom, MissingThrough) = (_last + 1, previous.Value);
            _last = previous.Value;
        }
        HighestVersion = Math.Max(HighestVersion, previous ?? 0);
        _isAdjacent = previous <= _last;
        if (!_isAdjacent)
            ForgetOlder();
    }

    private void Walk(WalReader reader, long limit, RecordVisitor? visit)
    {
        while (true)
        {
            if (reader.TryNext(limit))
            {
                Take(reader, visit);
                continue;
            }
            var end = reader.NextOffset;
            if (!reader.TrySkipDamage(out var damaged, limit))
            {
                reader.GoBackTo(end);
                NoteHead(damaged);
                return;
            }
            NoteHead(damaged);
            var isAllSkipped = damaged is { } lost && reader.NextOffset == end + lost.RecordSize;
            _isAdjacent = isAllSkipped && damaged!.Value.Version <= _last;
            ForgetOlder();
        }
    }

    private void NoteHead(WalRecordHeader? head)
    {
        if (head is not { } record)
            return;
        _endsWithMark = record.Kind == WalRecordKind.EndMark;
        HighestVersion = Math.Max(HighestVersion, record.Version);
        _syncedThrough = Math.Max(_syncedThrough, record.SyncedThrough);
    }

    private void Take(WalReader reader, RecordVisitor? visit)
    {
        var version = reader.Record.Version;
        NoteHead(reader.Record);
        _isBroken |= version > _last && !_isAdjacent && version != _last + 1;
        if (_isBroken)
        {
            RecordsBehind += reader.Record.Kind == WalRecordKind.Batch ? 1 : 0;
            return;
        }
        _isAdjacent = true;
        if (reader.Record.Kind != WalRecordKind.Batch || (version <= _covered && !_replaysAll))
            return;
        if (_record++ >= _replayFrom)
            visit?.Invoke(version, reader.Payload);
        _last = Math.Max(_last, version);
    }

    // What lies before damage that tables make up for may have been deleted in the damaged part, and the tables need
    // not remember that any more: only what follows is replayed.
    private void ForgetOlder()
    {
        if (!_isReplaying && !_isBroken && _last <= _covered)
            _replayFrom = _record;
    }

    // A segment ends where the next one starts: what is behind was given up by an earlier recovery.
    private static long LimitOf(List<WalSegmentFile> segments, int index)
    {
        if (segments[index].Header is not { } header)
            return long.MaxValue;
        var next = segments.Find(segment => segment.Number > segments[index].Number && segment.Header is not null);
        return next is null ? long.MaxValue : Math.Max(0, next.Header!.Value.Start - header.Start);
    }
}
