namespace FerrisDB.Storage;

// Data that nobody reads rots unseen, and with it the copies that are made of it. So all tables and blobs are read
// again, slowly:
//
//     open ── a few minutes ──► round: file, file, file, ... ── a pause ──► round ...
//                               a step: some blocks or records, then a wait until they are paid for
//
// The wait is a timer, not a thread, so closing need not wait for it; the thread of the lane is free meanwhile. A round
// looks at the files that there are when it begins. What a compaction has replaced since is passed over, and what it
// wrote is left to the next round: it has just been read and written anyway.

/// <summary>
/// Reads all tables and blobs in the background, round after round, to find damage before anybody needs them.
/// </summary>
/// <remarks>
/// Damage is told, as an event and in the statistics, and stops nothing: readers that meet it get their error. The
/// blocks do not go through the block cache. Steps run one at a time; the rest may be called from any thread.
/// </remarks>
internal sealed class Scrub : BackgroundJob, IDisposable
{
    // Long enough for what a crash or an import has left to do; a process that opens a database only to do something
    // small is gone by then.
    internal static readonly TimeSpan FirstRoundAfter = TimeSpan.FromMinutes(5);

    private const int BytesPerStep = 256 << 10;

    private readonly LsmTree _tree;
    private readonly TimeProvider _time;
    private readonly RateLimit _rate;
    private readonly ITimer? _timer;
    private readonly Lock _lock = new();
    private readonly Queue<FileHandle> _waiting = [];

    private ScrubStatistics _statistics; // guarded by the lock
    private long _roundStartedAt;
    private long _roundBytes;
    private long _roundDamages;
    private int _roundFiles;
    private ScrubReading? _current;

    public Scrub(LsmTree tree)
    {
        _tree = tree;
        _time = tree.Options.TimeProvider;
        _rate = new RateLimit(tree.Options.ScrubBytesPerSecond, _time);
        if (tree.Options.ScrubBytesPerSecond > 0)
        {
            _timer = _time.CreateTimer(
                static scrub => ((Scrub)scrub!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override string Name => "scrub";

    public override JobLane Lane => JobLane.Idle;

    public ScrubStatistics Statistics
    {
        get
        {
            lock (_lock)
                return _statistics;
        }
    }

    /// <summary>Has the first round begin in a while.</summary>
    public void Start() => WakeAfter(FirstRoundAfter);

    /// <summary>No step does anything any more, and none will be scheduled.</summary>
    public void Stop() => _timer?.Dispose();

    public override ValueTask<bool> StepAsync()
    {
        try
        {
            return ValueTask.FromResult(!_tree.IsClosing && Step());
        }
        catch (Exception failure)
        {
            // Damage and disks that fail are findings; this is neither.
            _tree.Fail(failure);
            return ValueTask.FromResult(false);
        }
    }

    /// <summary>Lets go of the file under way. No step runs any more.</summary>
    public void Dispose()
    {
        Stop();
        LeaveFile();
    }

    private bool Step()
    {
        if (_current is null && _waiting.Count == 0 && !TryBeginRound())
            return false;
        var bytes = Read();
        if (_current is null && _waiting.Count == 0)
        {
            EndRound();
            return false;
        }
        var wait = _rate.Charge(bytes);
        if (wait == TimeSpan.Zero)
            return true;
        WakeAfter(wait);
        return false;
    }

    private void Wake()
    {
        try
        {
            if (!_tree.IsClosing)
                _tree.Scheduler.Schedule(this);
        }
        catch (InvalidOperationException)
        {
            // Another job has failed by a bug, and whoever writes next is told so. This is a timer's thread: what is
            // thrown here would end the process.
            Stop();
        }
    }

    private void WakeAfter(TimeSpan wait) => _timer?.Change(wait, Timeout.InfiniteTimeSpan);

    private bool TryBeginRound()
    {
        var files = FilesNow();
        (_roundStartedAt, _roundBytes, _roundDamages, _roundFiles) = (_time.GetTimestamp(), 0, 0, 0);
        if (files.Count == 0)
        {
            EndRound();
            return false;
        }
        // Where a round begins is left to the clock: a database that is never open for as long as a round takes is gone
        // through in the long run all the same.
        var first = (int)(_time.GetUtcNow().ToUnixTimeSeconds() % files.Count);
        for (var index = 0; index < files.Count; index++)
            _waiting.Enqueue(files[(first + index) % files.Count]);
        lock (_lock)
            _statistics = _statistics with { FilesTotal = files.Count, FilesDone = 0, IsRunning = true };
        return true;
    }

    private List<FileHandle> FilesNow()
    {
        var files = new List<FileHandle>();
        var view = _tree.AcquireView();
        for (var level = 0; level < TableSet.LevelCount; level++)
            files.AddRange(view.Tables.Level(level));
        files.AddRange(view.Tables.Blobs.All);
        view.Release();
        return files;
    }

    private void EndRound()
    {
        var elapsed = _time.GetElapsedTime(_roundStartedAt);
        lock (_lock)
        {
            _statistics = _statistics with
            {
                Rounds = _statistics.Rounds + 1,
                LastRoundEndedAt = _time.GetUtcNow(),
                LastRoundTook = elapsed,
                IsRunning = false,
            };
        }
        _tree.Events.Raise(new ScrubRoundEnded(_roundFiles, _roundBytes, _roundDamages, elapsed));
        WakeAfter(_tree.Options.ScrubPause);
    }

    // Some of the file under way, or the first of the next that is still there. Returns the count of bytes.
    private long Read()
    {
        while (_current is null && _waiting.TryDequeue(out var next))
        {
            if (!TryEnter(next))
                CountFile(isRead: false);
        }
        if (_current is null)
            return 0;
        var bytes = 0L;
        while (bytes < BytesPerStep && !_current.Handle.IsObsolete && !_current.IsAtEnd)
            bytes += _current.ReadNext(Report);
        _roundBytes += bytes;
        lock (_lock)
            _statistics = _statistics with { BytesRead = _statistics.BytesRead + bytes };
        var isRead = _current.IsAtEnd;
        if (isRead || _current.Handle.IsObsolete)
        {
            LeaveFile();
            CountFile(isRead);
        }
        return bytes;
    }

    private bool TryEnter(FileHandle handle)
    {
        if (handle.IsObsolete || !handle.TryAcquire())
            return false;
        var name = handle is BlobHandle blob
            ? FileNames.Blob(blob.FileNumber)
            : FileNames.Table(((TableHandle)handle).FileNumber);
        try
        {
            var file = _tree.Files.Open(_tree.PathOf(name), FileAccess.Read);
            _current = ScrubReading.Of(handle, file);
            return true;
        }
        catch (FerrisException error)
        {
            handle.Release();
            Report(error, name, 0);
            return false;
        }
    }

    private void Report(FerrisException error, string name, long offset)
    {
        _roundDamages++;
        lock (_lock)
            _statistics = _statistics with { Damages = _statistics.Damages + 1 };
        _tree.Events.Raise(new ScrubFoundDamage(name, error.File is null ? offset : error.Offset, error.Problem));
    }

    private void CountFile(bool isRead)
    {
        _roundFiles += isRead ? 1 : 0;
        lock (_lock)
            _statistics = _statistics with { FilesDone = _statistics.FilesDone + 1 };
    }

    private void LeaveFile()
    {
        _current?.Dispose();
        _current = null;
    }
}
