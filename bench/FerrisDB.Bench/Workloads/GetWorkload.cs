namespace FerrisDB.Bench;

/// <summary>
/// Gets one entry per call, all of them checked: readrandom, readhot, readmissing and readwhilewriting.
/// </summary>
internal sealed class GetWorkload(string name, string summary) : Workload(name, summary)
{
    private Zipfian? _zipfian;

    /// <summary>Few entries get most of the reads.</summary>
    public bool Skewed { get; init; }

    /// <summary>None of the keys exists.</summary>
    public bool Absent { get; init; }

    /// <summary>Another thread overwrites random entries meanwhile, as fast as it can.</summary>
    public bool WhileWriting { get; init; }

    public override DatabaseNeed Database => WhileWriting ? DatabaseNeed.LoadedCopy : DatabaseNeed.Loaded;

    public override int TimedEvery => TimedSeldom;

    public override Action<Worker>? Background => WhileWriting ? Overwrite : null;

    public override void Prepare(CellRequest cell) => _zipfian = Skewed ? new Zipfian(cell.Entries) : null;

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        var entries = worker.Keys.Entries;
        while (worker.Meter.Next())
        {
            var index = _zipfian is null ? random.Below(entries) : _zipfian.Index(random);
            if (Absent)
                worker.GetMissing(index);
            else
                worker.Get(index);
        }
        return worker.Meter.Calls;
    }

    private static void Overwrite(Worker worker)
    {
        while (worker.Meter.Next())
            worker.Put(worker.Random.Below(worker.Keys.Entries));
    }
}
