namespace FerrisDB.Bench;

/// <summary>
/// Transactions that read some entries and write them again with other numbers: tx-rmw, tx-10, tx-mix and the banks.
/// </summary>
/// <remarks>
/// What must come out is told by drawing everything once more: of a sample of the entries each number is compared, and
/// of a bank the total as well. A lost update shows, a transfer of which only half was done too.
/// </remarks>
internal sealed class UpdateWorkload(string name, string summary, int keysPerTransaction, bool isDurable)
    : TransactionWorkload(name, summary, isDurable)
{
    private const int EntriesCompared = 10_000;
    private const int AmountMax = 100;

    private Dictionary<long, int> _expected = [];

    /// <summary>The rest updates.</summary>
    public int ReadOnlyPercent { get; init; }

    /// <summary>So many entries are the accounts of a bank; 0 is no bank, and all entries.</summary>
    public long Accounts { get; init; }

    public override DatabaseNeed Database => DatabaseNeed.LoadedCopy;

    public override bool NeedsIsolation => Accounts > 0;

    public override void Prepare(CellRequest cell) => _expected = [];

    public override void Verify(Worker worker)
    {
        Replay(worker, worker.WarmUpCalls, warmingUp: true);
        Replay(worker, worker.Meter.Calls, warmingUp: false);
        if (worker.Index < worker.Cell.Threads - 1)
            return;
        // Without isolation two callers may lose updates of each other.
        if (NeedsIsolation || worker.Cell.Threads == 1 || !worker.Session.Transactions!.IsUnisolated)
            CompareSample(worker);
        if (Accounts > 0)
            CompareTotal(worker);
    }

    protected override void Draw(Worker worker, TransactionPlan plan)
    {
        var random = worker.Random;
        var entries = EntriesOf(worker);
        plan.Clear(reads: true, writes: ReadOnlyPercent == 0 || random.Below(100) >= ReadOnlyPercent);
        var amount = Accounts == 0 ? 1 : 1 + (int)random.Below(AmountMax);
        for (var key = 0; key < keysPerTransaction; key++)
            AddDistinct(plan, random, entries, Accounts > 0 && key > 0 ? -amount : amount);
    }

    private long EntriesOf(Worker worker) =>
        Accounts == 0 ? worker.Keys.Entries : Math.Min(Accounts, worker.Keys.Entries);

    private long Step(Worker worker) => Math.Max(1, EntriesOf(worker) / EntriesCompared);

    private void Replay(Worker worker, long calls, bool warmingUp)
    {
        worker.Reseed(warmingUp);
        var (plan, step) = (worker.Plan, Step(worker));
        for (var call = 0L; call < calls; call++)
        {
            Draw(worker, plan);
            for (var position = 0; position < plan.WriteCount; position++)
            {
                var entry = plan.Entry(position);
                if (entry % step == 0)
                    _expected[entry] = _expected.GetValueOrDefault(entry) + plan.Delta(position);
            }
        }
    }

    private void CompareSample(Worker worker) => ReadEvery(worker, Step(worker), (entry, number) =>
    {
        var expected = _expected.GetValueOrDefault(entry);
        if (number != expected)
            throw new WrongDataException(
                $"entry {entry} holds {number}; the transactions that were committed make it {expected}");
    });

    private void CompareTotal(Worker worker)
    {
        var total = 0L;
        ReadEvery(worker, 1, (_, number) => total += number);
        if (total != 0)
            throw new WrongDataException($"transfers have changed the total of all accounts by {total}");
    }

    private void ReadEvery(Worker worker, long step, Action<long, int> found)
    {
        var (plan, entries) = (worker.Plan, EntriesOf(worker));
        for (var entry = 0L; entry < entries;)
        {
            plan.Clear(reads: true, writes: false);
            for (; plan.Count < TransactionPlan.EntriesMax && entry < entries; entry += step)
                plan.Add(entry);
            Read(worker);
            for (var position = 0; position < plan.Count; position++)
                found(plan.Entry(position), plan.Generation(position));
        }
    }
}
