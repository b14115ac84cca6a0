using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

/// <summary>Runs background work when the test says so, on the test's thread.</summary>
internal sealed class StepScheduler : IScheduler
{
    private readonly Lock _gate = new();
    private readonly Queue<BackgroundJob> _jobs = new();

    public void Schedule(BackgroundJob job)
    {
        lock (_gate)
        {
            if (!_jobs.Contains(job))
                _jobs.Enqueue(job);
        }
    }

    /// <summary>Runs one step of one job; false if there is nothing to do.</summary>
    public async Task<bool> StepAsync()
    {
        BackgroundJob? job;
        lock (_gate)
        {
            if (!_jobs.TryDequeue(out job))
                return false;
        }
        if (await job.StepAsync())
            Schedule(job);
        return true;
    }

    public async Task RunAsync()
    {
        while (await StepAsync())
        {
        }
    }
}
