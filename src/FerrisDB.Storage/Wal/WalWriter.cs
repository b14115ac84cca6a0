using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// From a commit to the disk:
//
//     Append ──► buffer (64 KB) ──Flush──► page cache ──SyncAsync──► disk
//                None: stays here          Process: survives         Sync: survives
//                until it is full          a kill                    power loss
//
//     or, where commits are Process by default and the file can be mapped, Append ──► page cache, no system call
//
//     position    0 ............... SyncedPosition ........ FlushedPosition ........ AppendedPosition
//
// Two threads may be inside at a time: one that appends (HasRoomFor, MakeRoomAsync, Append, Flush) and one that syncs.
// Their callers see to that (GroupCommit does). Release, Hold and the properties may be called by anyone.

/// <summary>Appends commits to the log and makes them durable.</summary>
/// <remarks>
/// The first failure of a write or a sync is the last: afterwards everything but closing throws
/// <see cref="ErrorCode.WritesStopped"/>, because nobody can know what of the log is on the disk (a second fsync of a
/// failed one says that all is well).
/// </remarks>
internal sealed class WalWriter
{
    private const int BufferBytes = 64 << 10;

    // The next segment is prepared when this share of the current one is used: early, because a disk that is busy with
    // a flush takes its time; not at once, because many programs write little.
    private const int PreparedAtShare = 8;

    // What the writer makes for itself when no segment was ready in time: it must not wait for the zeros of a large
    // one.
    private const long MadeInHasteBytes = 1 << 20;

    private static readonly long EndMarkSize = WalFormat.RecordSize(0);

    private readonly IFileSystem _files;
    private readonly StorageOptions _options;
    private readonly WalSegmentPool _pool;
    private readonly WalSegments _segments;
    private readonly WalConfirmation _confirmation;
    private readonly IScheduler _scheduler;
    private readonly NativeBuffer _buffer = NativeBuffer.Allocate(BufferBytes);

    // Written by the appending thread. The offset is that of the next record in the current segment's file; the buffer
    // ends there.
    private WalSegment? _current;
    private bool _mayResume;
    private int _buffered;
    private long _offset;
    private long _limit;
    private long _prepareAt;
    private long _nextSegmentBytes;

    // Written by the appending thread, read by all.
    private long _appendedPosition;
    private long _flushedPosition;
    private long _lastVersion;
    private long _mappedBytes;

    // Written by the syncing thread, read by all.
    private long _syncedPosition;
    private long _syncCount;

    private volatile FerrisException? _failure;

    public WalWriter(IFileSystem files, string directory, StorageOptions options, IScheduler scheduler, WalEnd end)
    {
        _files = files;
        _options = options;
        var usesFilesAgain = options.Durability == Durability.Sync;
        _pool = new WalSegmentPool(files, directory, scheduler, end.HighestNumber, usesFilesAgain);
        _segments = new WalSegments(end.Segments, _pool);
        _confirmation = new WalConfirmation(_segments)
        {
            Tell = segment => TellAsync(segment, segment.SizeBytes),
            Failed = Stop,
        };
        _scheduler = scheduler;
        _mayResume = end.IsClean && !end.IsBehindTables && _segments.Last is { } last && IsSmall(last);
        _appendedPosition = _flushedPosition = _syncedPosition = end.Position;
        _lastVersion = end.LastVersion;
        _nextSegmentBytes = options.WalSegmentFirstBytes;
    }

    /// <summary>Version of the last record.</summary>
    public long LastVersion => Volatile.Read(ref _lastVersion);

    /// <summary>Position behind the last record.</summary>
    public long AppendedPosition => Volatile.Read(ref _appendedPosition);

    /// <summary>Everything below is in the operating system's hands: it survives a kill.</summary>
    public long FlushedPosition => Volatile.Read(ref _flushedPosition);

    /// <summary>Everything below survives power loss.</summary>
    public long SyncedPosition => Volatile.Read(ref _syncedPosition);

    /// <summary>Bytes that went into mapped files, without a call to the operating system.</summary>
    public long MappedBytes => Volatile.Read(ref _mappedBytes);

    /// <summary>Bytes of zeros that were written to reserve space for records.</summary>
    public long ReservedBytes => _pool.ReservedBytes;

    /// <summary>Bytes from the beginning of the oldest segment to the last record.</summary>
    public long KeptBytes => _segments.Start is { } start ? Math.Max(0, AppendedPosition - start) : 0;

    /// <summary>Syncs of segments so far: with the count of commits it says how well they share them.</summary>
    public long SyncCount => Volatile.Read(ref _syncCount);

    /// <summary>Told how long each wait for the disk takes. Set before the first commit.</summary>
    public DurationRecorder? SyncTimer { get; set; }

    /// <summary>
    /// Told in which segment the log goes on, and the length of its file, once its header is durable and before anybody
    /// is told that a record in it is; and that a file is about to be cut. It returns once the manifest knows. Set
    /// before the first commit.
    /// </summary>
    public Func<BegunSegment, ValueTask>? SegmentBegun { get; set; }

    /// <summary>
    /// Told for how long a writer was held up because the log went on in another segment. Set before the first commit.
    /// </summary>
    public Action<TimeSpan>? SegmentAwaited { get; set; }

    /// <summary>What stopped the log, or null.</summary>
    public FerrisException? Failure => _failure;

    /// <summary>
    /// Spares the first writer the waits for the disk: a log that has no segment yet begins now, and for one that will
    /// go on in another segment the file is prepared in the background.
    /// </summary>
    /// <remarks>Does not throw: what is in the way stops the log, and the database can still be read.</remarks>
    public async ValueTask BeginAsync()
    {
        if (_segments.Last is not null)
        {
            if (!_mayResume)
                _pool.Want(_nextSegmentBytes);
            return;
        }
        try
        {
            await BeginSegmentAsync(WalFormat.SegmentHeaderSize + EndMarkSize);
        }
        catch (FerrisException failure)
        {
            Stop(failure);
        }
    }

    /// <summary>True if a payload fits into the segment; otherwise <see cref="MakeRoomAsync"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoomFor(int payloadBytes) => _offset + WalFormat.RecordSize(payloadBytes) <= _limit;

    /// <summary>Goes on in the next segment.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>: nothing of
    /// the record was written.</exception>
    public async ValueTask MakeRoomAsync(int payloadBytes)
    {
        ThrowIfStopped();
        var began = _options.TimeProvider.GetTimestamp();
        try
        {
            Flush();
            var neededBytes = WalFormat.SegmentHeaderSize + WalFormat.RecordSize(payloadBytes) + EndMarkSize;
            if (!_mayResume || !await TryResumeAsync(neededBytes))
                await BeginSegmentAsync(neededBytes);
        }
        catch (FerrisException failure)
        {
            Stop(failure);
            throw;
        }
        SegmentAwaited?.Invoke(_options.TimeProvider.GetElapsedTime(began));
    }

    /// <summary>
    /// The next record begins another segment, for what happened before it is in tables alone. So who reads on from an
    /// older record does not take the log for all that there was: the segments up to here go.
    /// </summary>
    public void EndSegment()
    {
        _mayResume = false;
        _limit = 0;
    }

    /// <summary>Appends a canonical batch for which there is room. It is durable after a flush or sync only.</summary>
    public void Append(long version, ReadOnlySpan<byte> payload)
    {
        Invariant.That(version > _lastVersion && version <= EntryTag.VersionMax);
        AppendRecord(WalRecordKind.Batch, version, payload);
        Volatile.Write(ref _lastVersion, version);
        if (_offset >= _prepareAt)
            PrepareNextSegment();
    }

    /// <summary>Hands everything that was appended to the operating system.</summary>
    public void Flush()
    {
        if (_buffered == 0)
            return;
        ThrowIfStopped();
        try
        {
            Write(_offset - _buffered, _buffer.Span[.._buffered]);
        }
        catch (FerrisException failure)
        {
            Stop(failure);
            throw;
        }
        _buffered = 0;
        Volatile.Write(ref _flushedPosition, _appendedPosition);
    }

    /// <summary>Makes everything that was flushed before the call survive power loss.</summary>
    /// <remarks>May run while another thread appends, but not while another one syncs.</remarks>
    public async ValueTask SyncAsync()
    {
        ThrowIfStopped();
        for (var target = FlushedPosition; SyncedPosition < target;)
        {
            var timedFrom = SyncTimer?.Start() ?? 0;
            var segment = _segments.BeginSync(SyncedPosition, FlushedPosition, out var through);
            try
            {
                if (segment is not null)
                {
                    Volatile.Write(ref _syncCount, _syncCount + 1);
                    await ConfirmAsync(segment);
                    await segment.File!.SyncAsync();
                }
            }
            catch (FerrisException failure)
            {
                Stop(failure);
                throw;
            }
            finally
            {
                if (segment is not null)
                    _segments.EndSync(segment);
            }
            // The appending thread may have failed in the meantime: what it tells the disk's errors, we are not told.
            ThrowIfStopped();
            Volatile.Write(ref _syncedPosition, through);
            SyncTimer?.Record(timedFrom);
        }
    }

    /// <summary>A hint: everything up to a version is in tables, so segments that hold nothing newer may go.</summary>
    public void Release(long durableVersion) => _segments.Release(durableVersion);

    /// <summary>Keeps all segments as they are, for a copy of the log, until the hold is disposed.</summary>
    public WalHold Hold() => _segments.Hold(FlushedPosition);

    /// <summary>Bytes of log that a hold keeps; those that the database itself needs are among them.</summary>
    public long HeldBytes(WalHold hold) => _segments.HeldBytes(hold, FlushedPosition);

    /// <summary>
    /// Ends the log in good order: all is durable, an end mark says so, and neither spare files nor leftovers remain.
    /// After a failure it only lets go of the files.
    /// </summary>
    /// <param name="cutsFile">False if the manifest takes no edits any more: then the file keeps its length.</param>
    public async ValueTask CloseAsync(bool cutsFile = true)
    {
        try
        {
            if (_failure is null && _current is not null)
                await WriteEndAsync(cutsFile);
        }
        finally
        {
            await _confirmation.CloseAsync();
            _segments.Dispose();
            _buffer.Dispose();
            await _pool.CloseAsync(deletesFiles: _failure is null);
        }
    }

    public void ThrowIfStopped()
    {
        if (_failure is not null)
            ThrowStopped();
    }

    [DoesNotReturn]
    private void ThrowStopped() => throw new FerrisException(
        ErrorCode.WritesStopped,
        $"Writes have stopped since an earlier failure: {_failure!.Message} Close the database and open it again.",
        _failure);

    // The first failure is the one that is told.
    private void Stop(FerrisException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    private async ValueTask BeginSegmentAsync(long neededBytes)
    {
        if (!_pool.TryTake(neededBytes, out var number, out var path, out var sizeBytes))
        {
            const long pageBytes = 4096;
            var hasteBytes = Math.Max(_options.WalSegmentFirstBytes, MadeInHasteBytes);
            sizeBytes = Math.Max(
                Math.Min(_nextSegmentBytes, hasteBytes), (neededBytes + pageBytes - 1) / pageBytes * pageBytes);
            (number, path) = await _pool.CreateAsync(sizeBytes);
        }
        var segment =
            new WalSegment(_files.Open(path, FileAccess.ReadWrite), number, path, sizeBytes, _appendedPosition)
            {
                NewestVersion = _lastVersion,
            };
        var isFirst = _segments.Last is null;
        try
        {
            await WriteHeaderAsync(segment);
        }
        catch
        {
            segment.Dispose();
            throw;
        }
        // From here on the list owns the file.
        _segments.Begin(segment, _lastVersion);
        // With the first one the log begins: recovery goes by it, so it is worth the wait. The others are confirmed
        // behind the writer, who would be held up for as long as a busy disk takes for two syncs.
        if (isFirst)
            await _confirmation.ConfirmAsync();
        else
            _scheduler.Schedule(_confirmation);
        GoOnIn(segment, WalFormat.SegmentHeaderSize);
        Volatile.Write(ref _appendedPosition, _appendedPosition + WalFormat.SegmentHeaderSize);
        Volatile.Write(ref _flushedPosition, _appendedPosition);
        _nextSegmentBytes = Math.Min(2 * _nextSegmentBytes, _options.WalSegmentLargestBytes);
    }

    private ValueTask WriteHeaderAsync(WalSegment segment)
    {
        var header = new byte[WalFormat.SegmentHeaderSize];
        new WalSegmentHeader(segment.Number, segment.Start, _lastVersion, segment.SegmentBytes).Write(header);
        return segment.File!.WriteAsync(0, header);
    }

    // Nothing in a segment counts as durable before it is confirmed. And it is confirmed before it is synced by anybody
    // else: if a sync fails, the next one of the same file may succeed, and would prove a header that is lost.
    private ValueTask ConfirmAsync(WalSegment segment)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalSyncDoesNotConfirm)
            return default;
#endif
        return _segments.IsConfirmed(segment) ? default : _confirmation.ConfirmAsync();
    }

    private ValueTask TellAsync(WalSegment segment, long sizeBytes)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalSegmentIsNotInTheManifest)
            return default;
#endif
        return SegmentBegun?.Invoke(new BegunSegment(segment.Number, sizeBytes)) ?? default;
    }

    // A log that was closed in good order goes on behind its end mark, as long as its segment is small: a program that
    // is often started would otherwise leave a segment each time.
    private async ValueTask<bool> TryResumeAsync(long neededBytes)
    {
        _mayResume = false;
        var last = _segments.Last!;
        var usedBytes = last.End - last.Start;
        var sizeBytes = Math.Max(last.SizeBytes, _options.WalSegmentFirstBytes);
        if (usedBytes + neededBytes > sizeBytes)
            return false;
        var segment = new WalSegment(
            _files.Open(last.Path, FileAccess.ReadWrite), last.Number, last.Path, sizeBytes, last.Start)
        {
            NewestVersion = _lastVersion,
            // In its last life; and of its new length the manifest is told below, before anything is appended.
            IsConfirmed = true,
        };
        // From here on the list owns the file.
        _segments.Resume(segment);
        await WalSegmentPool.FillAsync(segment.File!, last.SizeBytes, sizeBytes);
        await segment.File!.SyncAsync();
        await TellAsync(segment, sizeBytes);
        GoOnIn(segment, usedBytes);
        return true;
    }

    private bool IsSmall(WalSegment closed) =>
        closed.SegmentBytes <= Math.Max(closed.SizeBytes, _options.WalSegmentFirstBytes)
        && closed.End - closed.Start <= _options.WalSegmentFirstBytes / 2;

    private void GoOnIn(WalSegment segment, long offset)
    {
        var isByProcess = _options.Durability == Durability.Process;
        _current?.Unmap();
        if (isByProcess)
            segment.Map();
        _current = segment;
        _offset = offset;
        _limit = segment.SizeBytes - EndMarkSize;
        _prepareAt = offset + ((_limit - offset) / PreparedAtShare);
    }

    private void PrepareNextSegment()
    {
        _prepareAt = long.MaxValue;
        _pool.Want(_nextSegmentBytes);
    }

    private async ValueTask WriteEndAsync(bool cutsFile)
    {
        try
        {
            Flush();
            await SyncAsync();
            AppendRecord(WalRecordKind.EndMark, _lastVersion, default);
            Flush();
            await SyncAsync();
            _current!.Unmap();
            if (!cutsFile)
                return;
            await TellAsync(_current, _offset);
            await _current.File!.SetLengthAsync(_offset);
            await _current.File.SyncAsync();
        }
        catch (FerrisException failure)
        {
            Stop(failure);
            throw;
        }
    }

    private void AppendRecord(WalRecordKind kind, long version, ReadOnlySpan<byte> payload)
    {
        ThrowIfStopped();
        var size = WalFormat.RecordSize(payload.Length);
        Invariant.That(_current is not null && _offset + size <= _current.SizeBytes);
        var record = new WalRecordHeader(kind, payload.Length, version, SyncedPosition, Crc32C.Of(payload));
        if (size > BufferBytes - _buffered)
            Flush();
        if (size > BufferBytes)
        {
            AppendLarge(record, payload);
            return;
        }
        var destination = _buffer.Span.Slice(_buffered, (int)size);
        record.Write(destination, _current.Number);
        payload.CopyTo(destination[WalFormat.RecordHeaderSize..]);
        destination[(WalFormat.RecordHeaderSize + payload.Length)..].Clear();
        _buffered += (int)size;
        Advance(size);
        if (_current.Mapping is not null)
            Flush();
    }

    private void AppendLarge(in WalRecordHeader record, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[WalFormat.RecordHeaderSize];
        Span<byte> padding = stackalloc byte[(int)(record.RecordSize - WalFormat.RecordHeaderSize - payload.Length)];
        padding.Clear();
        record.Write(header, _current!.Number);
        try
        {
            Write(_offset, header);
            Write(_offset + WalFormat.RecordHeaderSize, payload);
            Write(_offset + WalFormat.RecordHeaderSize + payload.Length, padding);
        }
        catch (FerrisException failure)
        {
            Stop(failure);
            throw;
        }
        Advance(record.RecordSize);
        Volatile.Write(ref _flushedPosition, _appendedPosition);
    }

    private void Advance(long bytes)
    {
        _offset += bytes;
        Volatile.Write(ref _appendedPosition, _appendedPosition + bytes);
    }

    private void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (_current!.Mapping is { } mapping)
        {
            mapping.Write(offset, data);
            Volatile.Write(ref _mappedBytes, _mappedBytes + data.Length);
        }
        else if (!data.IsEmpty)
        {
            _current.File!.Write(offset, data);
        }
    }
}
