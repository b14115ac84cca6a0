namespace FerrisDB.Bench;

/// <summary>Deletes a random entry of the load per call.</summary>
internal sealed class DeleteWorkload(string name, string summary) : Workload(name, summary)
{
    private const int EntriesChecked = 1000;

    public override DatabaseNeed Database => DatabaseNeed.LoadedCopy;

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        var entries = worker.Keys.Entries;
        while (worker.Meter.Next())
            worker.Delete(random.Below(entries));
        return worker.Meter.Calls;
    }

    public override void Verify(Worker worker)
    {
        worker.Reseed();
        var deletes = Math.Min(EntriesChecked, worker.Meter.Calls);
        for (var delete = 0L; delete < deletes; delete++)
            worker.GetDeleted(worker.Random.Below(worker.Keys.Entries));
    }
}
