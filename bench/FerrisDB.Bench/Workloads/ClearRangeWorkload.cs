using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>
/// Milliseconds of one transaction that clears every entry, and what it makes of the reads right behind it: tx-clear.
/// </summary>
internal sealed class ClearRangeWorkload(string name, string summary)
    : TransactionWorkload(name, summary, isDurable: false)
{
    private const int Reads = 2000;

    private static readonly byte[] BehindAllKeys = [0xfe, .. Enumerable.Repeat((byte)0xff, 7)];
    private static readonly byte[] EndOfKeys = [0xff];

    public override DatabaseNeed Database => DatabaseNeed.LoadedCopy;

    public override string Unit => "ms";

    public override int TimedEvery => 0;

    /// <summary>The last cell's: how many times as long a read takes as before.</summary>
    public double Slowdown { get; private set; }

    /// <summary>The last cell's: milliseconds until a scan of all has found nothing.</summary>
    public double ScanMs { get; private set; }

    public override bool Prepare(Worker worker) =>
        base.Prepare(worker) && worker.Session.Transactions!.TryClearRange(BehindAllKeys, EndOfKeys);

    public override Task<long> RunAsync(Worker worker)
    {
        var before = TimeReads(worker, expectsAbsent: false);
        Clear(worker);
        // The warm-up must leave the entries there.
        if (worker.IsWarmingUp)
            return Task.FromResult(1L);

        Slowdown = TimeReads(worker, expectsAbsent: true) / before;
        var began = Stopwatch.GetTimestamp();
        worker.Sink.Begin(1, backwards: false, long.MaxValue);
        worker.Session.Scan([], backwards: false, worker.Sink);
        ScanMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (worker.Sink.Count > 0)
            throw new WrongDataException("an entry is there after all have been cleared");
        return Task.FromResult(1L);
    }

    protected override void Draw(Worker worker, TransactionPlan plan)
    {
        plan.Clear(reads: true, writes: false);
        plan.Add(worker.Random.Below(worker.Keys.Entries));
    }

    private static void Clear(Worker worker)
    {
        var began = Stopwatch.GetTimestamp();
        worker.Session.Transactions!.TryClearRange(worker.IsWarmingUp ? BehindAllKeys : [], EndOfKeys);
        worker.Meter.Record(Stopwatch.GetTimestamp() - began);
    }

    private double TimeReads(Worker worker, bool expectsAbsent)
    {
        var began = Stopwatch.GetTimestamp();
        for (var read = 0; read < Reads; read++)
        {
            Draw(worker, worker.Plan);
            worker.Plan.ExpectsAbsent = expectsAbsent;
            Read(worker);
        }
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / Reads;
    }
}
