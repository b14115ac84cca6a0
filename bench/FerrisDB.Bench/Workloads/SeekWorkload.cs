namespace FerrisDB.Bench;

/// <summary>Seeks to a random entry and takes it and the next nine, or the nine before it.</summary>
internal sealed class SeekWorkload(string name, string summary, bool backwards) : Workload(name, summary)
{
    private const int EntriesTaken = 10;

    public override DatabaseNeed Database => DatabaseNeed.Loaded;

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        var entries = worker.Keys.Entries;
        while (worker.Meter.Next())
            worker.Seek(random.Below(entries), EntriesTaken, backwards, onlyLoaded: true);
        return worker.Meter.Calls;
    }
}
