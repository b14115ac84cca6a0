namespace FerrisDB.Storage;

/// <summary>Runs background work: threads in production, one step at a time from a seed in a simulation.</summary>
/// <remarks>Thread-safe. Work that is scheduled never runs inside the call that schedules it.</remarks>
internal interface IScheduler
{
    /// <summary>Runs a job's steps until it has none left. The same job may be scheduled again later.</summary>
    void Schedule(BackgroundJob job);
}

/// <summary>How urgent a job is, and which thread it may keep busy.</summary>
internal enum JobLane
{
    /// <summary>
    /// Segments of the log. Apart from flushes, which wait for the disk just when writers need the next segment.
    /// </summary>
    Log,

    /// <summary>What else writers wait for: flushes.</summary>
    Urgent,

    /// <summary>Compaction.</summary>
    Compaction,

    /// <summary>What may take for ever: scrubbing.</summary>
    Idle,
}

/// <summary>Work in bounded steps, so that a simulation can stop, interleave or crash between any two.</summary>
internal abstract class BackgroundJob
{
    public abstract string Name { get; }

    public abstract JobLane Lane { get; }

    /// <summary>
    /// Does a bounded piece of work (about a millisecond to a few). Returns true if there is more to do at once.
    /// Must not throw: a job records its failure with its owner and returns false.
    /// </summary>
    public abstract ValueTask<bool> StepAsync();
}
