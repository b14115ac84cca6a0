namespace FerrisDB.Bench;

/// <summary>Transactions that only read, some random entries each: tx-read.</summary>
internal sealed class ReadOnlyWorkload(string name, string summary, int keysPerTransaction)
    : TransactionWorkload(name, summary, isDurable: false)
{
    public override DatabaseNeed Database => DatabaseNeed.Loaded;

    public override int TimedEvery => 1;

    protected override void Draw(Worker worker, TransactionPlan plan)
    {
        plan.Clear(reads: true, writes: false);
        for (var key = 0; key < keysPerTransaction; key++)
            plan.Add(worker.Random.Below(worker.Keys.Entries));
    }
}
