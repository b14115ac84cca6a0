namespace FerrisDB.Bench;

/// <summary>Puts one entry per call: fillseq, fillrandom, fillsync and overwrite.</summary>
internal sealed class PutWorkload(string name, string summary) : Workload(name, summary)
{
    private const int EntriesChecked = 1000;

    public bool Sequential { get; init; }

    public bool IntoLoaded { get; init; }

    public bool WaitsForDisk { get; init; }

    public override bool Synced => WaitsForDisk;

    public override DatabaseNeed Database => IntoLoaded ? DatabaseNeed.LoadedCopy : DatabaseNeed.Empty;

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        var entries = worker.Keys.Entries;
        var next = FirstOf(worker);
        while (worker.Meter.Next())
            worker.Put(Sequential ? next++ : random.Below(entries));
        return worker.Meter.Calls;
    }

    public override void Verify(Worker worker)
    {
        worker.Reseed();
        var puts = Math.Min(EntriesChecked, worker.Meter.Calls);
        for (var put = 0L; put < puts; put++)
            worker.Get(Sequential ? FirstOf(worker) + put : worker.Random.Below(worker.Keys.Entries));
    }

    // Threads fill neighbouring stretches.
    private static long FirstOf(Worker worker) => worker.Keys.Entries / worker.Cell.Threads * worker.Index;
}
