namespace FerrisDB.Bench;

/// <summary>Gets from a snapshot older than the newest writes; none of those may show.</summary>
internal sealed class SnapshotGetWorkload(string name, string summary) : Workload(name, summary)
{
    private const int EntriesPerLaterWrite = 100;

    public override DatabaseNeed Database => DatabaseNeed.LoadedCopy;

    public override int TimedEvery => TimedSeldom;

    public override bool Prepare(Worker worker)
    {
        if (!worker.ReadFromSnapshot())
            return false;
        var everyoneHasASnapshot = worker.Index == worker.Cell.Threads - 1;
        for (var index = 0L; everyoneHasASnapshot && index < worker.Keys.Entries; index += EntriesPerLaterWrite)
            worker.Put(index, generation: 1);
        return true;
    }

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        var entries = worker.Keys.Entries;
        while (worker.Meter.Next())
            worker.GetFromSnapshot(random.Below(entries));
        return worker.Meter.Calls;
    }
}
