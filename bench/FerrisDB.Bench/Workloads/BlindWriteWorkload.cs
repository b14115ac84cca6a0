namespace FerrisDB.Bench;

/// <summary>Transactions that write random entries and read none: tx-write1, tx-write10 and tx-write100.</summary>
/// <remarks>
/// Every transaction writes a number of its own. In the end an entry of the sample must hold the last number that one
/// of the callers gave it: whose is for the database to say.
/// </remarks>
internal sealed class BlindWriteWorkload(string name, string summary, int keysPerTransaction, bool isDurable)
    : TransactionWorkload(name, summary, isDurable)
{
    private const int EntriesCompared = 10_000;
    private const int CallersMax = 64;

    // Of each entry of the sample, the last number of each caller that has written it.
    private Dictionary<long, List<int>> _last = [];

    public override void Prepare(CellRequest cell) => _last = [];

    public override void Verify(Worker worker)
    {
        Replay(worker);
        if (worker.Index < worker.Cell.Threads - 1)
            return;
        foreach (var entries in _last.Keys.Chunk(TransactionPlan.EntriesMax))
        {
            worker.Plan.Clear(reads: true, writes: false);
            foreach (var entry in entries)
                worker.Plan.Add(entry);
            Read(worker);
            for (var position = 0; position < entries.Length; position++)
            {
                if (!_last[entries[position]].Contains(worker.Plan.Generation(position)))
                    throw new WrongDataException($"entry {entries[position]} does not hold what was last written");
            }
        }
    }

    protected override void Draw(Worker worker, TransactionPlan plan) => Draw(worker, plan, worker.Meter.Calls);

    private void Draw(Worker worker, TransactionPlan plan, long call)
    {
        plan.Clear(reads: false, writes: true);
        var number = (int)((call * CallersMax) + worker.Index);
        for (var key = 0; key < keysPerTransaction; key++)
            plan.Add(worker.Random.Below(worker.Keys.Entries), number);
    }

    private void Replay(Worker worker)
    {
        worker.Reseed();
        var last = new Dictionary<long, int>();
        var step = Math.Max(1, worker.Keys.Entries / EntriesCompared);
        for (var call = 1L; call <= worker.Meter.Calls; call++)
        {
            Draw(worker, worker.Plan, call);
            for (var position = 0; position < keysPerTransaction; position++)
            {
                if (worker.Plan.Entry(position) % step == 0)
                    last[worker.Plan.Entry(position)] = worker.Plan.Delta(position);
            }
        }
        foreach (var (entry, number) in last)
        {
            if (!_last.TryGetValue(entry, out var numbers))
                _last.Add(entry, numbers = []);
            numbers.Add(number);
        }
    }
}
