using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>
/// Gets one entry per call, all of them checked: readrandom, readhot, readmissing, readwhilewriting and its -max.
/// </summary>
internal sealed class GetWorkload(string name, string summary) : Workload(name, summary)
{
    // A writer that was kept from its work makes up for so much of it at once, and no more.
    private const double CatchUpSeconds = 0.1;
    private const int SleepMs = 1;

    private Zipfian? _zipfian;

    /// <summary>Few entries get most of the reads.</summary>
    public bool Skewed { get; init; }

    /// <summary>None of the keys exists.</summary>
    public bool Absent { get; init; }

    /// <summary>Another thread overwrites random entries meanwhile.</summary>
    public bool WhileWriting { get; init; }

    /// <summary>How many a second it overwrites; 0: as fast as it can.</summary>
    public int WritesPerSecond { get; init; }

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

    private void Overwrite(Worker worker)
    {
        var due = 0.0;
        var before = Stopwatch.GetTimestamp();
        while (worker.Meter.Next())
        {
            while (WritesPerSecond > 0 && due < 1 && !worker.Meter.IsEnded)
            {
                var now = Stopwatch.GetTimestamp();
                due += Stopwatch.GetElapsedTime(before, now).TotalSeconds * WritesPerSecond;
                due = Math.Min(due, CatchUpSeconds * WritesPerSecond);
                before = now;
                if (due < 1)
                    Thread.Sleep(SleepMs);
            }
            due--;
            worker.Put(worker.Random.Below(worker.Keys.Entries));
        }
    }
}
