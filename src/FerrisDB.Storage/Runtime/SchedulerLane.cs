using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

// What becomes of a job:
//
//     absent ── Schedule ──► waiting ── a thread takes it ──► running
//        ▲                      ▲                                │ the step ends
//        │                      └── has more, or was scheduled ──┤
//        └───────────────────────────────── nothing more ────────┘
//
// So a job never runs on two threads at once, and being scheduled while it runs is never forgotten: the step under way
// may have looked at the world before the change that the caller wants dealt with. Whoever has more waits behind the
// others: jobs take turns.

/// <summary>The jobs of one lane, and the threads that run them.</summary>
/// <remarks>Thread-safe. No more jobs wait than there are jobs: each waits at most once.</remarks>
internal sealed class SchedulerLane(string name, int threadsMax, ThreadPriority priority, Action<Exception> onFailure)
{
    /// <summary>Guards everything below; pulsed when a job begins to wait and when the lane stops.</summary>
    private readonly object _lock = new();

    private readonly Queue<BackgroundJob> _waiting = [];

    /// <summary>Jobs that wait, or run and shall wait again afterwards.</summary>
    private readonly HashSet<BackgroundJob> _wanted = new(ReferenceEqualityComparer.Instance);

    private readonly HashSet<BackgroundJob> _running = new(ReferenceEqualityComparer.Instance);
    private readonly List<Thread> _threads = [];
    private bool _isStopped;

    public void Schedule(BackgroundJob job)
    {
        lock (_lock)
        {
            if (_isStopped || !_wanted.Add(job) || _running.Contains(job))
                return;
            _waiting.Enqueue(job);
            if (_threads.Count < threadsMax && _waiting.Count + _running.Count > _threads.Count)
                StartThread();
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Drops all that waits; the steps under way end.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _waiting.Clear();
            _wanted.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until the threads of a stopped lane have ended.</summary>
    public void Join()
    {
        // None starts once the lane is stopped, so the list is no longer changed.
        foreach (var thread in _threads)
        {
            Invariant.That(thread != Thread.CurrentThread);
            thread.Join();
        }
    }

    private void StartThread()
    {
        var number = _threads.Count == 0 ? "" : $" {_threads.Count + 1}";
        var thread = new Thread(Run) { Name = name + number, IsBackground = true, Priority = priority };
        _threads.Add(thread);
        thread.Start();
    }

    private void Run()
    {
        if (priority < ThreadPriority.Normal)
            LinuxCalls.LowerPriorityOfThisThread();
        while (TryTake(out var job))
            Return(job, Step(job));
    }

    private bool TryTake([NotNullWhen(true)] out BackgroundJob? job)
    {
        lock (_lock)
        {
            while (!_waiting.TryDequeue(out job))
            {
                if (_isStopped)
                    return false;
                Monitor.Wait(_lock);
            }

            Invariant.That(_wanted.Remove(job));
            Invariant.That(_running.Add(job));
            return true;
        }
    }

    private void Return(BackgroundJob job, bool hasMore)
    {
        lock (_lock)
        {
            Invariant.That(_running.Remove(job));
            if (_isStopped)
                return;
            if (hasMore)
                _wanted.Add(job);
            if (!_wanted.Contains(job))
                return;
            _waiting.Enqueue(job);
            Monitor.Pulse(_lock);
        }
    }

    private bool Step(BackgroundJob job)
    {
        try
        {
            // The thread is there for this alone, so it may wait for a step that completes elsewhere.
            return job.StepAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            onFailure(exception);
            return false;
        }
    }
}
