using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Runtime;

public sealed class ManualSchedulerTests
{
    private readonly List<string> _steps = [];

    [Fact]
    public void Nothing_runs_before_it_is_told_to()
    {
        var scheduler = new ManualScheduler();

        scheduler.Schedule(Job("flush", JobLane.Urgent));
        scheduler.Schedule(Job("compaction", JobLane.Compaction));

        Assert.Empty(_steps);
        Assert.Equal(["flush"], scheduler.Waiting(JobLane.Urgent));
        Assert.Equal(["compaction"], scheduler.Waiting(JobLane.Compaction));
        Assert.True(scheduler.RunOneStep(JobLane.Compaction));
        Assert.False(scheduler.RunOneStep(JobLane.Compaction));
        Assert.Equal(["compaction"], _steps);
        Assert.Equal(1, scheduler.RunUntilIdle());
        Assert.True(scheduler.IsIdle);
    }

    [Fact]
    public void One_seed_gives_one_order_and_others_give_others()
    {
        var orders = Enumerable.Range(0, 20).Select(OrderOf).ToArray();

        Assert.Equal(orders, Enumerable.Range(0, 20).Select(OrderOf));
        Assert.True(orders.Distinct().Count() > 5);
    }

    [Fact]
    public void A_job_waits_once_and_again_if_it_is_scheduled_while_it_runs()
    {
        var scheduler = new ManualScheduler();
        BackgroundJob? job = null;
        job = new ActionJob(JobLane.Urgent, () =>
        {
            _steps.Add("step");
            if (_steps.Count < 3)
            {
                scheduler.Schedule(job!);
                scheduler.Schedule(job!);
            }
        });

        scheduler.Schedule(job);
        scheduler.Schedule(job);

        Assert.Equal(3, scheduler.RunUntilIdle());
        Assert.Equal(3, _steps.Count);
    }

    [Fact]
    public void A_step_under_way_does_not_keep_the_others_waiting()
    {
        var scheduler = new ManualScheduler();
        var completion = new TaskCompletionSource<bool>();
        scheduler.Schedule(new TaskJob(completion.Task));

        scheduler.RunUntilIdle();
        scheduler.Schedule(Job("other", JobLane.Urgent));
        scheduler.RunUntilIdle();
        Assert.Equal(["other"], _steps);
        Assert.False(scheduler.IsIdle);
        completion.SetResult(false);

        Assert.Equal(0, scheduler.RunUntilIdle());
        Assert.True(scheduler.IsIdle);
    }

    [Fact]
    public void Work_without_end_is_found()
    {
        var scheduler = new ManualScheduler();
        scheduler.Schedule(new TaskJob(Task.FromResult(true)));

        Assert.Throws<InvalidOperationException>(() => scheduler.RunUntilIdle(stepsMax: 10));
        scheduler.DropAll();
        Assert.True(scheduler.IsIdle);
    }

    private string OrderOf(int seed)
    {
        _steps.Clear();
        var scheduler = new ManualScheduler(seed);
        foreach (var name in (string[])["a", "b", "c", "d"])
            scheduler.Schedule(Job(name, JobLane.Compaction));
        scheduler.RunUntilIdle();
        return string.Concat(_steps);
    }

    private ActionJob Job(string name, JobLane lane) => new(lane, () => _steps.Add(name), name);

    private sealed class TaskJob(Task<bool> step) : BackgroundJob
    {
        public override string Name => "task";

        public override JobLane Lane => JobLane.Urgent;

        public override ValueTask<bool> StepAsync() => new(step);
    }
}
