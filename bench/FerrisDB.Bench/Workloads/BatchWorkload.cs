namespace FerrisDB.Bench;

/// <summary>Puts many entries per call: fillbatch with random keys, load with every key once in random order.</summary>
internal sealed class BatchWorkload(string name, string summary, int batchEntries) : Workload(name, summary)
{
    private const int BatchesChecked = 10;

    private Permutation? _everyKeyOnce;

    public bool EveryKeyOnce { get; init; }

    public override int OperationsPerCall => batchEntries;

    public override long CallsMax(CellRequest cell) =>
        (cell.Entries + ((long)batchEntries * cell.Threads) - 1) / ((long)batchEntries * cell.Threads);

    public override void Prepare(CellRequest cell) =>
        _everyKeyOnce = EveryKeyOnce ? new Permutation(cell.Entries) : null;

    public override long Run(Worker worker)
    {
        var written = 0L;
        for (var call = 0L; worker.Meter.Next(); call++)
        {
            worker.Batch.Clear();
            for (var position = 0; position < batchEntries; position++)
            {
                var index = IndexAt(worker, call, position);
                if (index >= 0)
                    worker.AddToBatch(index);
            }
            worker.Session.Write(worker.Batch);
            written += worker.Batch.Count;
        }
        return written;
    }

    public override void Verify(Worker worker)
    {
        worker.Reseed();
        for (var call = 0L; call < Math.Min(BatchesChecked, worker.Meter.Calls); call++)
        {
            for (var position = 0; position < batchEntries; position++)
            {
                var index = IndexAt(worker, call, position);
                if (index >= 0)
                    worker.Get(index);
            }
        }
    }

    // -1 beyond the last entry: the last batch may be shorter.
    private long IndexAt(Worker worker, long call, int position)
    {
        if (_everyKeyOnce is null)
            return worker.Random.Below(worker.Keys.Entries);
        var number = (((call * worker.Cell.Threads) + worker.Index) * batchEntries) + position;
        return number < worker.Keys.Entries ? _everyKeyOnce[number] : -1;
    }
}
