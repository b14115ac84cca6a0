using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>Milliseconds to open an empty database in memory, the median: tx-open.</summary>
internal sealed class OpenInMemoryWorkload(string name, string summary)
    : TransactionWorkload(name, summary, isDurable: false)
{
    public override string Unit => "ms";

    public override int TimedEvery => 0;

    public override bool Prepare(Worker worker)
    {
        using var database = worker.Session.Transactions?.OpenInMemory();
        return database is not null;
    }

    public override Task<long> RunAsync(Worker worker)
    {
        while (worker.Meter.Next())
        {
            var began = Stopwatch.GetTimestamp();
            using var database = worker.Session.Transactions!.OpenInMemory();
            worker.Meter.Record(Stopwatch.GetTimestamp() - began);
        }
        return Task.FromResult(worker.Meter.Calls);
    }

    protected override void Draw(Worker worker, TransactionPlan plan) => plan.Clear(reads: false, writes: false);
}
