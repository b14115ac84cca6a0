namespace FerrisDB.Storage;

/// <summary>Runs background jobs on threads of its own.</summary>
/// <remarks>
/// Thread-safe. Each lane has its own threads, so that a long compaction never keeps a flush waiting; they start when
/// there is first work for them. A job that throws (a bug: see <see cref="BackgroundJob.StepAsync"/>) is dropped, and
/// whoever schedules next is told.
/// </remarks>
internal sealed class ThreadScheduler : IScheduler, IDisposable
{
    private readonly SchedulerLane _log;
    private readonly SchedulerLane _urgent;
    private readonly SchedulerLane _compaction;
    private readonly SchedulerLane _idle;

    /// <summary>The first exception of a job; set once by one of the threads, read by all.</summary>
    private volatile Exception? _failure;

    /// <summary>Makes a scheduler whose compactions may keep so many threads busy.</summary>
    public ThreadScheduler(int compactionThreads = 1)
    {
        Invariant.That(compactionThreads > 0);
        _log = new SchedulerLane("FerrisDB log", 1, ThreadPriority.Normal, OnFailure);
        _urgent = new SchedulerLane("FerrisDB urgent", 1, ThreadPriority.Normal, OnFailure);
        _compaction = new SchedulerLane("FerrisDB compaction", compactionThreads, ThreadPriority.Normal, OnFailure);
        _idle = new SchedulerLane("FerrisDB idle", 1, ThreadPriority.BelowNormal, OnFailure);
    }

    /// <summary>Has the job run; does nothing if it waits already or the scheduler is disposed.</summary>
    public void Schedule(BackgroundJob job)
    {
        if (_failure is { } failure)
            throw new InvalidOperationException($"A background job failed by a bug: {failure.Message}", failure);
        LaneOf(job).Schedule(job);
    }

    /// <summary>Waits for the steps under way, drops all other work and ends the threads.</summary>
    public void Dispose()
    {
        _idle.Stop();
        _compaction.Stop();
        _urgent.Stop();
        _log.Stop();
        _idle.Join();
        _compaction.Join();
        _urgent.Join();
        _log.Join();
    }

    private SchedulerLane LaneOf(BackgroundJob job) => job.Lane switch
    {
        JobLane.Log => _log,
        JobLane.Urgent => _urgent,
        JobLane.Compaction => _compaction,
        _ => _idle,
    };

    private void OnFailure(Exception exception) => _failure ??= exception;
}
