using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>
/// A scheduler without threads: nothing runs until a test says so, one step at a time, in an order that the
/// seed decides.
/// </summary>
/// <remarks>
/// Thread-safe, but steps run on the thread that asks for them. A step that does not complete at once stays under way
/// and is looked at again later; the others go on.
/// </remarks>
internal sealed class ManualScheduler(int seed = 0) : IScheduler
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    /// <summary>Jobs that wait for their next step.</summary>
    private readonly List<BackgroundJob> _waiting = [];

    /// <summary>Jobs whose step has begun and not completed, with that step.</summary>
    private readonly List<(BackgroundJob Job, Task<bool> Step)> _pending = [];

    /// <summary>Jobs that were scheduled again while their step was under way.</summary>
    private readonly List<BackgroundJob> _wantedAgain = [];

    private BackgroundJob? _current;

    /// <summary>Steps that have been run.</summary>
    public int StepCount { get; private set; }

    /// <summary>The names of the jobs that wait, in the order in which they came.</summary>
    public IReadOnlyList<string> Waiting(JobLane lane)
    {
        lock (_lock)
            return [.. _waiting.Where(job => job.Lane == lane).Select(job => job.Name)];
    }

    /// <summary>True if no job waits and no step is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _waiting.Count == 0 && _pending.Count == 0;
        }
    }

    public void Schedule(BackgroundJob job)
    {
        lock (_lock)
        {
            var isUnderWay =
                ReferenceEquals(job, _current) || _pending.Exists(entry => ReferenceEquals(entry.Job, job));
            var list = isUnderWay ? _wantedAgain : _waiting;
            if (!list.Contains(job))
                list.Add(job);
        }
    }

    /// <summary>Runs one step of a job that the seed chooses; false if none can run now.</summary>
    public bool RunOneStep() => RunOneStep(static _ => true);

    /// <summary>As <see cref="RunOneStep()"/>, of jobs of one lane.</summary>
    public bool RunOneStep(JobLane lane) => RunOneStep(job => job.Lane == lane);

    /// <summary>Runs steps until none can run.</summary>
    /// <returns>The count of steps.</returns>
    /// <exception cref="InvalidOperationException">It takes more than <paramref name="stepsMax"/> steps.</exception>
    public int RunUntilIdle(int stepsMax = 1_000_000)
    {
        var steps = 0;
        while (RunOneStep())
        {
            if (++steps > stepsMax)
                throw new InvalidOperationException($"Jobs still have work after {stepsMax} steps (seed {seed}).");
        }

        return steps;
    }

    /// <summary>
    /// Waits for the steps under way: one that had to wait goes on by itself, on another thread. An engine must not be
    /// disposed before.
    /// </summary>
    public void FinishSteps()
    {
        Task<bool>[] steps;
        lock (_lock)
            steps = [.. _pending.Select(entry => entry.Step)];
        foreach (var step in steps)
            ((IAsyncResult)step).AsyncWaitHandle.WaitOne();
    }

    /// <summary>Forgets all work, as a crash does.</summary>
    public void DropAll()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _pending.Clear();
            _wantedAgain.Clear();
        }
    }

    private bool RunOneStep(Predicate<BackgroundJob> isWanted)
    {
        BackgroundJob job;
        lock (_lock)
        {
            CollectPending();
            var candidates = _waiting.FindAll(isWanted);
            if (candidates.Count == 0)
                return false;
            Invariant.That(_current is null);
            job = candidates[_random.Next(candidates.Count)];
            _waiting.Remove(job);
            _current = job;
            StepCount++;
        }

        try
        {
            // Outside of the lock: the step may schedule.
            var step = job.StepAsync().AsTask();
            lock (_lock)
            {
                _pending.Add((job, step));
                _current = null;
                CollectPending();
            }
        }
        finally
        {
            _current = null;
        }

        return true;
    }

    /// <summary>
    /// Has the jobs wait again whose step completed and that have more to do; rethrows what a step threw.
    /// </summary>
    private void CollectPending()
    {
        for (var i = 0; i < _pending.Count;)
        {
            var (job, step) = _pending[i];
            if (!step.IsCompleted)
            {
                i++;
                continue;
            }

            _pending.RemoveAt(i);
            if (_wantedAgain.Remove(job) | step.GetAwaiter().GetResult())
                _waiting.Add(job);
        }
    }
}
