namespace FerrisDB.Bench;

/// <summary>
/// One transaction per call, on as many callers as the cell has threads: of an engine with an asynchronous interface
/// they are tasks, of the others threads.
/// </summary>
internal abstract class TransactionWorkload(string name, string summary, bool isDurable)
    : Workload(isDurable ? name + DurableSuffix : name, summary)
{
    // About as often as the system takes a thread away from its processor.
    private const int TransactionsBetweenYields = 64;
    private const string DurableSuffix = "@sync";

    public override bool Synced => isDurable;

    public override int TimedEvery => isDurable ? 1 : TimedSeldom;

    /// <summary>True if it means nothing without isolation.</summary>
    public virtual bool NeedsIsolation => false;

    public override long CallsMax(CellRequest cell) => long.MaxValue;

    public override bool Prepare(Worker worker) => worker.Session.Transactions is not null;

    public sealed override long Run(Worker worker) => RunAsync(worker).GetAwaiter().GetResult();

    /// <summary>The timed loop of one caller.</summary>
    /// <returns>Transactions done.</returns>
    public virtual async Task<long> RunAsync(Worker worker)
    {
        var (plan, transactions) = (worker.Plan, worker.Session.Transactions!);
        var takesTurns = !transactions.Blocks && worker.Cell.Threads > 1;
        plan.Attempts = 0;
        while (worker.Meter.Next())
        {
            Draw(worker, plan);
            plan.MakeKeys();
            await transactions.RunAsync(plan);
            if (takesTurns && worker.Meter.Calls % TransactionsBetweenYields == 0)
                await Task.Yield();
        }
        worker.Retries = plan.Attempts - worker.Meter.Calls;
        if (worker.IsWarmingUp)
            worker.WarmUpCalls = worker.Meter.Calls;
        return worker.Meter.Calls;
    }

    /// <summary>Plans the next transaction. The draws depend on nothing but the worker's chance.</summary>
    protected abstract void Draw(Worker worker, TransactionPlan plan);

    /// <summary>Adds a random entry that is not in the plan yet.</summary>
    protected static void AddDistinct(TransactionPlan plan, RandomSource random, long entries, int delta)
    {
        var entry = random.Below(entries);
        while (plan.Contains(entry))
            entry = (entry + 1) % entries;
        plan.Add(entry, delta);
    }

    /// <summary>Reads what the plan holds, in one transaction that only reads.</summary>
    protected static void Read(Worker worker)
    {
        worker.Plan.MakeKeys();
        worker.Session.Transactions!.RunAsync(worker.Plan).AsTask().GetAwaiter().GetResult();
    }
}
