namespace FerrisDB.Bench;

/// <summary>
/// The mixes of the Yahoo! Cloud Serving Benchmark on a loaded database, in percent; what is left over reads.
/// </summary>
internal sealed class YcsbWorkload(string name, string summary) : Workload(name, summary)
{
    private const int ScanEntriesMax = 100;

    private Zipfian? _zipfian;

    public int UpdatePercent { get; init; }

    public int InsertPercent { get; init; }

    public int ScanPercent { get; init; }

    public int ReadModifyWritePercent { get; init; }

    /// <summary>Reads prefer what was inserted last instead of a fixed set of entries.</summary>
    public bool ReadsLatest { get; init; }

    public override DatabaseNeed Database =>
        UpdatePercent + InsertPercent + ReadModifyWritePercent > 0 ? DatabaseNeed.LoadedCopy : DatabaseNeed.Loaded;

    public override int TimedEvery => TimedSeldom;

    public override void Prepare(CellRequest cell) => _zipfian = new Zipfian(cell.Entries);

    public override long Run(Worker worker)
    {
        var random = worker.Random;
        while (worker.Meter.Next())
        {
            var dice = (int)random.Below(100);
            if ((dice -= UpdatePercent) < 0)
                worker.Put(_zipfian!.Index(random));
            else if ((dice -= InsertPercent) < 0)
                worker.Insert();
            else if ((dice -= ScanPercent) < 0)
                worker.Seek(_zipfian!.Index(random), 1 + (int)random.Below(ScanEntriesMax), false, onlyLoaded: false);
            else if ((dice - ReadModifyWritePercent) < 0)
                ReadModifyWrite(worker, _zipfian!.Index(random));
            else
                Read(worker);
        }
        return worker.Meter.Calls;
    }

    public override void Verify(Worker worker)
    {
        for (var number = Math.Max(0, worker.Inserted - 1000); number < worker.Inserted; number++)
            worker.GetInserted(number);
    }

    private static void ReadModifyWrite(Worker worker, long index)
    {
        worker.Get(index);
        worker.Put(index);
    }

    private void Read(Worker worker)
    {
        if (!ReadsLatest)
        {
            worker.Get(_zipfian!.Index(worker.Random));
            return;
        }
        var age = _zipfian!.Rank(worker.Random);
        if (age < worker.Inserted)
            worker.GetInserted(worker.Inserted - 1 - age);
        else
            worker.Get(Math.Max(0, worker.Keys.Entries - 1 - (age - worker.Inserted)));
    }
}
