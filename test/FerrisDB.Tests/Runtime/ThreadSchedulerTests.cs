using System.Collections.Concurrent;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Runtime;

// Threads are steered by gates: nothing here waits for time to pass.
public sealed class ThreadSchedulerTests : IDisposable
{
    private readonly ConcurrentQueue<string> _steps = [];
    private readonly CountdownEvent _ended = new(1);

    public void Dispose() => _ended.Dispose();

    [Fact]
    public void A_job_runs_its_steps_until_it_has_none_left()
    {
        using var scheduler = new ThreadScheduler();

        scheduler.Schedule(new StepsJob(this, "job", JobLane.Urgent, steps: 3));
        _ended.Wait(TestContext.Current.CancellationToken);

        Assert.Equal(["job", "job", "job"], _steps);
    }

    [Fact]
    public void Jobs_of_one_lane_take_turns_in_their_order()
    {
        using var scheduler = new ThreadScheduler();
        using var gate = new ManualResetEventSlim();
        _ended.AddCount(2);

        scheduler.Schedule(new StepsJob(this, "a", JobLane.Compaction, steps: 1) { Gate = gate });
        scheduler.Schedule(new StepsJob(this, "b", JobLane.Compaction, steps: 3));
        scheduler.Schedule(new StepsJob(this, "c", JobLane.Compaction, steps: 2));
        gate.Set();
        _ended.Wait(TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "c", "b", "c", "b"], _steps);
    }

    [Fact]
    public void A_busy_lane_does_not_keep_another_waiting()
    {
        using var scheduler = new ThreadScheduler();
        using var gate = new ManualResetEventSlim();
        using var urgentEnded = new ManualResetEventSlim();

        scheduler.Schedule(new StepsJob(this, "compaction", JobLane.Compaction, steps: 1) { Gate = gate });
        scheduler.Schedule(new ActionJob(JobLane.Urgent, urgentEnded.Set));
        urgentEnded.Wait(TestContext.Current.CancellationToken);
        Assert.Empty(_steps);
        gate.Set();
        _ended.Wait(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Two_compactions_run_at_once_where_two_threads_are_given()
    {
        using var scheduler = new ThreadScheduler(compactionThreads: 2);
        using var meeting = new Barrier(3);

        scheduler.Schedule(new ActionJob(JobLane.Compaction, () => meeting.SignalAndWait()));
        scheduler.Schedule(new ActionJob(JobLane.Compaction, () => meeting.SignalAndWait()));

        meeting.SignalAndWait(TestContext.Current.CancellationToken);
        Assert.Equal(1, meeting.CurrentPhaseNumber);
    }

    [Fact]
    public void A_job_scheduled_twice_while_it_waits_runs_once()
    {
        using var gate = new ManualResetEventSlim();
        using (var scheduler = new ThreadScheduler())
        {
            var job = new StepsJob(this, "job", JobLane.Urgent, steps: 1);
            using var taken = new ManualResetEventSlim();
            scheduler.Schedule(new ActionJob(JobLane.Urgent, () => Pass(taken, gate)));
            taken.Wait(TestContext.Current.CancellationToken);

            scheduler.Schedule(job);
            scheduler.Schedule(job);
            using var last = new ManualResetEventSlim();
            scheduler.Schedule(new ActionJob(JobLane.Urgent, last.Set));
            gate.Set();
            last.Wait(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["job"], _steps);
    }

    [Fact]
    public void A_job_scheduled_while_it_runs_runs_again_and_never_beside_itself()
    {
        using var scheduler = new ThreadScheduler(compactionThreads: 2);
        using var taken = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var ranTwice = new CountdownEvent(2);
        var running = 0;
        var job = new ActionJob(JobLane.Compaction, () =>
        {
            if (Interlocked.Increment(ref running) > 1)
                _steps.Enqueue("beside itself");
            Pass(taken, gate);
            Interlocked.Decrement(ref running);
            ranTwice.Signal();
        });

        scheduler.Schedule(job);
        taken.Wait(TestContext.Current.CancellationToken);
        scheduler.Schedule(job);
        gate.Set();

        ranTwice.Wait(TestContext.Current.CancellationToken);
        Assert.Empty(_steps);
    }

    [Fact]
    public void A_step_that_completes_elsewhere_is_waited_for()
    {
        using var scheduler = new ThreadScheduler();
        var completion = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var second = new ManualResetEventSlim();

        scheduler.Schedule(new AwaitingJob(completion.Task, () => _steps.Enqueue("first")));
        scheduler.Schedule(new ActionJob(JobLane.Urgent, second.Set));
        completion.SetResult(false);
        second.Wait(TestContext.Current.CancellationToken);

        Assert.Equal(["first"], _steps);
    }

    [Fact]
    public void Dispose_waits_for_the_step_under_way_and_drops_the_rest()
    {
        var scheduler = new ThreadScheduler();
        using var taken = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        scheduler.Schedule(new StepsJob(this, "running", JobLane.Urgent, steps: 2) { Taken = taken, Gate = gate });
        scheduler.Schedule(new StepsJob(this, "waiting", JobLane.Urgent, steps: 1));
        taken.Wait(TestContext.Current.CancellationToken);

        var disposer = new Thread(scheduler.Dispose);
        disposer.Start();
        // It joins the thread of the step: that is the only thing in Dispose which it can wait for.
        SpinWait.SpinUntil(() => disposer.ThreadState == ThreadState.WaitSleepJoin);
        gate.Set();
        disposer.Join();

        Assert.Equal(["running"], _steps);
        scheduler.Schedule(new StepsJob(this, "late", JobLane.Idle, steps: 1));
        scheduler.Dispose();
        Assert.Single(_steps);
    }

    [Fact]
    public void A_job_that_throws_is_reported_to_whoever_schedules_next()
    {
        var scheduler = new ThreadScheduler();
        using var next = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        scheduler.Schedule(new ActionJob(JobLane.Urgent, () =>
        {
            gate.Wait();
            throw new InvalidOperationException("bug");
        }));
        scheduler.Schedule(new ActionJob(JobLane.Urgent, next.Set));
        gate.Set();
        next.Wait(TestContext.Current.CancellationToken);

        var error = Assert.Throws<InvalidOperationException>(() =>
            scheduler.Schedule(new ActionJob(JobLane.Urgent, next.Set)));

        Assert.Contains("bug", error.Message, StringComparison.Ordinal);
        scheduler.Dispose();
    }

    [Fact]
    public void Threads_are_named_and_do_not_keep_the_process_alive()
    {
        var threads = new ConcurrentBag<Thread>();
        using (var scheduler = new ThreadScheduler())
        {
            using var all = new CountdownEvent(4);
            foreach (var lane in Enum.GetValues<JobLane>())
            {
                scheduler.Schedule(new ActionJob(lane, () =>
                {
                    threads.Add(Thread.CurrentThread);
                    if (!Thread.CurrentThread.IsBackground)
                        _steps.Enqueue("in the foreground");
                    all.Signal();
                }));
            }

            all.Wait(TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            ["FerrisDB compaction", "FerrisDB idle", "FerrisDB log", "FerrisDB urgent"],
            threads.Select(thread => thread.Name!).Order(StringComparer.Ordinal));
        Assert.Empty(_steps);
        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }

    private static void Pass(ManualResetEventSlim taken, ManualResetEventSlim gate)
    {
        taken.Set();
        gate.Wait();
    }

    private sealed class StepsJob(ThreadSchedulerTests test, string name, JobLane lane, int steps) : BackgroundJob
    {
        private int _left = steps;

        public ManualResetEventSlim? Taken { get; init; }

        public ManualResetEventSlim? Gate { get; init; }

        public override string Name => name;

        public override JobLane Lane => lane;

        public override ValueTask<bool> StepAsync()
        {
            Taken?.Set();
            Gate?.Wait();
            test._steps.Enqueue(name);
            return ValueTask.FromResult(--_left > 0 || End());
        }

        private bool End()
        {
            test._ended.Signal();
            return false;
        }
    }

    private sealed class AwaitingJob(Task<bool> task, Action afterwards) : BackgroundJob
    {
        public override string Name => "awaiting";

        public override JobLane Lane => JobLane.Urgent;

        public override async ValueTask<bool> StepAsync()
        {
            var hasMore = await task;
            afterwards();
            return hasMore;
        }
    }
}
