using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>Reads the whole database in order, again and again until there is something to measure.</summary>
internal sealed class ScanWorkload(string name, string summary, bool backwards) : Workload(name, summary)
{
    private const double SecondsMin = 1.0;

    public override DatabaseNeed Database => DatabaseNeed.Loaded;

    public override int TimedEvery => 0;

    public override long CallsMax(CellRequest cell) => long.MaxValue;

    public override long Run(Worker worker)
    {
        var taken = 0L;
        var enough = Stopwatch.GetTimestamp()
            + (long)(Math.Min(SecondsMin, worker.Cell.Seconds) * Stopwatch.Frequency);
        while (worker.Meter.Next())
        {
            worker.Sink.Begin(long.MaxValue, backwards, worker.Meter.Deadline);
            worker.Reader.Scan([], backwards, worker.Sink);
            taken += worker.Sink.Count;
            if (!worker.Sink.OutOfTime && worker.Sink.Count != worker.Keys.Entries)
                throw new WrongDataException($"the scan found {worker.Sink.Count} of {worker.Keys.Entries} entries");
            if (Stopwatch.GetTimestamp() >= enough)
                break;
        }
        return taken;
    }
}
