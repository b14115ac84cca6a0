using System.Runtime.ExceptionServices;

namespace FerrisDB.Storage;

// The page cache lies. What recovery reads may be in memory only: the process was killed, or a sync failed and the
// pages were marked clean although they never reached the disk, where no later sync would write them. Which of the two
// it was cannot be known: a process may be killed inside the sync that fails. So what no record proves durable is
// written once more, the same bytes to the same place, and synced, before anybody is shown it.
//
//     position    0 ───────── s ──────────────── w ─────────────── r ──────────────►
//                 proven      │ written again    │ read, not yet   │ not read yet
//                             │                  │ written again   │
//
// Recovery reads on meanwhile: r and s only grow, and whole records alone lie below r, so to write them again harms
// nothing, however the log turns out to end. The disk is asked to begin with each piece, and the segment is synced
// once, when all of it is written again. What is left when recovery has read everything, its caller does itself.

/// <summary>Makes durable what recovery reads, in the background while there is much of it.</summary>
/// <remarks>
/// <see cref="Read"/>, <see cref="Complete"/>, <see cref="FinishAsync"/> and disposal are for one thread, the steps for
/// another one. Once <see cref="FinishAsync"/> has returned, everything that was told is durable.
/// </remarks>
internal sealed class WalHardening : BackgroundJob, IAsyncDisposable
{
    /// <summary>What a step writes at most, and what must wait for one: less is not worth a thread.</summary>
    public const int StepBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly IScheduler? _scheduler;
    private readonly int _stepBytes;
    private readonly Lock _gate = new();

    // Under the gate: segments that are not durable yet, oldest first, and how far the log is proven to be.
    private readonly Queue<Segment> _segments = [];
    private Segment? _newest;
    private long _syncedThrough;
    private bool _isTakenOver;
    private bool _isStepping;
    private TaskCompletionSource? _stepEnded;
    private ExceptionDispatchInfo? _failure;

    // Owned by the step that runs; made with the first bytes to write.
    private IFile? _file;
    private NativeBuffer? _buffer;

    /// <param name="files">The disk.</param>
    /// <param name="scheduler">Runs the steps; null leaves all of them to <see cref="FinishAsync"/>.</param>
    /// <param name="stepBytes">Bytes of a step.</param>
    public WalHardening(IFileSystem files, IScheduler? scheduler = null, int stepBytes = StepBytes)
    {
        _files = files;
        _scheduler = scheduler;
        _stepBytes = stepBytes;
    }

    public override string Name => "make the log durable";

    public override JobLane Lane => JobLane.Urgent;

    /// <summary>Recovery should tell how far it is whenever it has read that many bytes more.</summary>
    public int IntervalBytes => _stepBytes;

    /// <summary>Recovery has read whole records of a segment up to a position of the log, and goes on in it.</summary>
    /// <param name="path">The segment.</param>
    /// <param name="start">Its position.</param>
    /// <param name="position">Behind the last record.</param>
    /// <param name="syncedThrough">The log is proven to be durable up to here.</param>
    public void Read(string path, long start, long position, long syncedThrough) =>
        Tell(path, start, position, syncedThrough, isComplete: false);

    /// <summary>Recovery has read all records of a segment.</summary>
    public void Complete(WalSegmentInfo segment, long syncedThrough) =>
        Tell(segment.Path, segment.Start, segment.End, syncedThrough, isComplete: true);

    public override async ValueTask<bool> StepAsync()
    {
        lock (_gate)
        {
            if (_isTakenOver || _failure is not null)
                return false;
            Invariant.That(!_isStepping);
            _isStepping = true;
        }
        try
        {
            return await WorkAsync();
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _isStepping = false;
                _stepEnded?.SetResult();
            }
        }
    }

    /// <summary>Does what is left. Every segment is complete, and told so with the final proof.</summary>
    /// <exception cref="FerrisException">The disk failed, here or in the background.</exception>
    public async ValueTask FinishAsync()
    {
        await TakeOverAsync();
        _failure?.Throw();
        while (await WorkAsync())
        {
            // One step after the other.
        }
        Invariant.That(_segments.Count == 0);
    }

    public async ValueTask DisposeAsync()
    {
        await TakeOverAsync();
        Close();
        _buffer?.Dispose();
        _buffer = null;
    }

    private void Tell(string path, long start, long position, long syncedThrough, bool isComplete)
    {
        bool isWorthwhile;
        lock (_gate)
        {
            Invariant.That(!_isTakenOver && syncedThrough >= _syncedThrough);
            _syncedThrough = syncedThrough;
            if (_newest is null || _newest.Path != path)
            {
                Invariant.That(_newest is null or { IsComplete: true });
                _newest = new Segment(path, start);
                _segments.Enqueue(_newest);
            }
            _newest.ReadThrough = position;
            _newest.IsComplete = isComplete;
            isWorthwhile = PendingBytes() >= _stepBytes;
        }
        if (isWorthwhile)
            _scheduler?.Schedule(this);
    }

    private long PendingBytes()
    {
        var bytes = 0L;
        foreach (var segment in _segments)
            bytes += Math.Max(0, segment.ReadThrough - Math.Max(segment.WrittenThrough, _syncedThrough));
        return bytes;
    }

    // From here on no step begins; the one under way ends.
    private async ValueTask TakeOverAsync()
    {
        Task? stepEnded = null;
        lock (_gate)
        {
            _isTakenOver = true;
            if (_isStepping)
            {
                _stepEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                stepEnded = _stepEnded.Task;
            }
        }
        if (stepEnded is not null)
            await stepEnded;
    }

    // Writes some bytes again, or syncs a segment; false if there is nothing to do now.
    private async ValueTask<bool> WorkAsync()
    {
        Segment? segment;
        long from;
        int count;
        bool isComplete;
        lock (_gate)
        {
            if (!_segments.TryPeek(out segment))
                return false;
            isComplete = segment.IsComplete;
            from = Math.Max(segment.WrittenThrough, _syncedThrough);
            count = (int)Math.Clamp(segment.ReadThrough - from, 0, _stepBytes);
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalRecoveryTrustsThePageCache ||
            (SeededBugs.Active == SeededBug.WalHardeningForgetsTheRest && count < _stepBytes))
            count = 0;
#endif
        if (count == _stepBytes || (isComplete && count > 0))
        {
            await WriteAgainAsync(segment, from - segment.Start, count);
            lock (_gate)
                segment.WrittenThrough = from + count;
            segment.IsWritten = true;
            return true;
        }
        if (!isComplete)
            return false;
        if (segment.IsWritten)
            await _file!.SyncAsync();
        Close();
        lock (_gate)
            _segments.Dequeue();
        return true;
    }

    private async ValueTask WriteAgainAsync(Segment segment, long offset, int count)
    {
        _file ??= _files.Open(segment.Path, FileAccess.ReadWrite);
        _buffer ??= NativeBuffer.Allocate(_stepBytes);
        var read = _file.Read(offset, _buffer.Span[..count]);
        if (read < count)
        {
            throw FerrisException.Corrupt(
                segment.Path, offset + read, "what was read before", "the end of the file");
        }
        await _file.WriteAsync(offset, _buffer.Memory[..count]);
        _file.BeginSync(offset, count);
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private sealed class Segment
    {
        public Segment(string path, long start)
        {
            Path = path;
            Start = ReadThrough = WrittenThrough = start;
        }

        public string Path { get; }

        public long Start { get; }

        // Under the gate.
        public long ReadThrough { get; set; }

        public long WrittenThrough { get; set; }

        public bool IsComplete { get; set; }

        // The step's.
        public bool IsWritten { get; set; }
    }
}
