namespace FerrisDB.Storage;

/// <summary>Decides what is compacted next and keeps running compactions out of each other's way.</summary>
/// <remarks>Thread-safe. What somebody asked for goes first, in the order of asking.</remarks>
internal sealed class CompactionQueue(LsmTree tree) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CompactionPicker _picker = new(tree.Options);

    // All guarded by the lock.
    private readonly List<CompactionPlan> _running = [];
    private readonly Queue<Request> _requests = [];
    private readonly List<CompactionJob> _jobs = [];
    private Exception? _failure;

    /// <summary>Compactions that run now.</summary>
    public IReadOnlyList<CompactionPlan> Running
    {
        get
        {
            lock (_lock)
                return [.. _running];
        }
    }

    /// <summary>True if nothing runs, nothing was asked for and nothing is due: the tree stays as it is.</summary>
    public bool IsIdle
    {
        get
        {
            var boundaries = tree.TakeBoundaries();
            lock (_lock)
            {
                if (_running.Count > 0 || _requests.Count > 0)
                    return false;
                using var epoch = Epochs.Enter();
                return Pick(tree.View.Tables, boundaries) is null;
            }
        }
    }

    /// <summary>Lets every idle worker look for work.</summary>
    public void Schedule()
    {
        lock (_lock)
        {
            if (_failure is not null || tree.IsClosing)
                return;
            while (_jobs.Count < tree.Options.CompactionsMax)
                _jobs.Add(new CompactionJob(tree, this));
            foreach (var job in _jobs)
                tree.Scheduler.Schedule(job);
        }
    }

    /// <summary>Takes the most useful work, or null. It counts as running until <see cref="Finish"/>.</summary>
    public CompactionPlan? Take(long[] boundaries)
    {
        lock (_lock)
        {
            if (_failure is not null)
                return null;
            using var epoch = Epochs.Enter();
            var tables = tree.View.Tables;
            var plan = TakeRequested(tables, boundaries) ?? Pick(tables, boundaries);
            if (plan is not null)
                _running.Add(plan);
            return plan;
        }
    }

    /// <summary>
    /// The deepest level that has room for a new table, which is newer than all others: nothing of its range there or
    /// above, and no compaction that is about to write there. L0 always has. Keeps compactions from writing into its
    /// range on that level until <see cref="Finish"/>; install the table before.
    /// </summary>
    public CompactionPlan Reserve(KeyRange span)
    {
        lock (_lock)
        {
            var tables = tree.View.Tables;
            var level = 0;
            while (level < TableSet.LevelCount && !tables.OverlapsAny(level, span.Begin, span.End))
                level++;
            var plan = Reservation(Math.Max(0, level - 1), span);
            while (plan.Level > 0 && _running.Exists(plan.ConflictsWith))
                plan = Reservation(plan.Level - 1, span);
            _running.Add(plan);
            return plan;
        }
    }

    public void Finish(CompactionPlan plan)
    {
        lock (_lock)
        {
            _running.Remove(plan);
            if (_requests.TryPeek(out var request) && ReferenceEquals(request.Running, plan))
                request.Running = null;
        }
    }

    /// <summary>Sinks everything in the range to the bottom; completes when it is there.</summary>
    public Task CompactAsync(KeyRange? range)
    {
        var request = new Request(new ManualCompaction(range));
        lock (_lock)
        {
            if (_failure is not null)
                return Task.FromException(_failure);
            _requests.Enqueue(request);
        }
        Schedule();
        return request.Done.Task;
    }

    /// <summary>Lets everybody who waits, now or later, fail.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            while (_requests.TryDequeue(out var request))
                request.Done.TrySetException(_failure);
        }
    }

    /// <summary>Gives back what unfinished compactions hold. No step runs any more.</summary>
    public void Dispose()
    {
        foreach (var job in _jobs)
            job.Dispose();
    }

    private CompactionPlan? Pick(TableSet tables, long[] boundaries) =>
        _picker.Pick(tables, _running, boundaries, table => tree.TableCache.Get(table).RangeTombstones);

    private static CompactionPlan Reservation(int level, KeyRange span) => new()
    {
        Level = level,
        OutputLevel = level,
        Inputs = [],
        Range = span,
        IsBottom = false,
        Reason = "ingest",
    };

    // One step of the first request at a time: its next one must see what this one has made.
    private CompactionPlan? TakeRequested(TableSet tables, long[] boundaries)
    {
        while (_requests.TryPeek(out var request))
        {
            if (request.Running is not null)
                return null;
            var plan = _picker.PickManual(tables, request.Manual, _running, boundaries, out var mustWait);
            request.Running = plan;
            if (plan is not null || mustWait)
                return plan;
            _requests.Dequeue();
            request.Done.TrySetResult();
        }
        return null;
    }

    private sealed class Request(ManualCompaction manual)
    {
        public ManualCompaction Manual { get; } = manual;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CompactionPlan? Running { get; set; }
    }
}
