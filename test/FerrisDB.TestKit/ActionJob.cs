using FerrisDB.Storage;

namespace FerrisDB.TestKit;

/// <summary>A background job of one step.</summary>
internal sealed class ActionJob(JobLane lane, Action step, string name = "action") : BackgroundJob
{
    public override string Name => name;

    public override JobLane Lane => lane;

    public override ValueTask<bool> StepAsync()
    {
        step();
        return ValueTask.FromResult(false);
    }
}
