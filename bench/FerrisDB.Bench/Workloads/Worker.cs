namespace FerrisDB.Bench;

/// <summary>What one thread of a workload owns: its session, its chance, its meter and its buffers.</summary>
internal sealed class Worker : IDisposable
{
    private const int BatchEntriesMax = 1000;

    private readonly byte[] _key;
    private readonly byte[] _value;
    private readonly byte[] _found;

    public Worker(CellRequest cell, IEngineSession session, int index)
    {
        Cell = cell;
        Session = session;
        Reader = session;
        Index = index;
        Keys = new KeySpace(cell.Entries, cell.KeyStyle);
        Values = new ValueSource(cell.ValueSize);
        Batch = new EntryBatch(BatchEntriesMax, Keys.KeyLength, cell.ValueSize);
        _key = new byte[Keys.KeyLength];
        _value = new byte[cell.ValueSize];
        _found = new byte[cell.ValueSize];
        Random = new RandomSource(0);
    }

    public CellRequest Cell { get; }

    /// <summary>0 for the first thread.</summary>
    public int Index { get; }

    public IEngineSession Session { get; }

    /// <summary>Where gets go: the session itself, or a snapshot of it.</summary>
    public IEngineSession Reader { get; private set; }

    public KeySpace Keys { get; }

    public ValueSource Values { get; }

    public EntryBatch Batch { get; }

    public ScanSink Sink { get; } = new();

    public Meter Meter { get; } = new();

    public RandomSource Random { get; private set; }

    /// <summary>What the transaction that runs reads and writes.</summary>
    public TransactionPlan Plan => field ??= new TransactionPlan(Keys, Values);

    /// <summary>Attempts that somebody else's transaction made fail.</summary>
    public long Retries { get; set; }

    public bool IsWarmingUp { get; private set; }

    /// <summary>Transactions of the warm-up, whose writes are in the database too.</summary>
    public long WarmUpCalls { get; set; }

    /// <summary>YCSB insertions of this thread so far.</summary>
    public long Inserted { get; set; }

    /// <summary>
    /// Restarts the chance of this thread: the same draws in every engine, and again when they are checked.
    /// </summary>
    /// <param name="warmingUp">The warm-up draws others, or it would do the measured work beforehand.</param>
    public void Reseed(bool warmingUp = false)
    {
        IsWarmingUp = warmingUp;
        Random = new RandomSource(RandomSource.Mix(Cell.Seed + ((ulong)Index << 32) + (warmingUp ? 1UL << 63 : 0)));
    }

    public void Put(long index, uint generation = 0)
    {
        Keys.Stored(index, _key);
        Values.Make(_key, generation, _value);
        Session.Put(_key, _value);
    }

    /// <summary>Puts the next key of this thread that was not loaded.</summary>
    public void Insert()
    {
        Keys.Inserted(InsertedNumber(Inserted), _key);
        Values.Make(_key, 0, _value);
        Session.Put(_key, _value);
        Inserted++;
    }

    public void AddToBatch(long index)
    {
        Batch.Add(out var key, out var value);
        Keys.Stored(index, key);
        Values.Make(key, 0, value);
    }

    public void Delete(long index)
    {
        Keys.Stored(index, _key);
        Session.Delete(_key);
    }

    /// <summary>Gets an entry that must be there and checks that it is the right one.</summary>
    public void Get(long index)
    {
        Keys.Stored(index, _key);
        Values.Check(_key, _found, Reader.Get(_key, _found));
    }

    /// <summary>Gets a key that this thread has inserted.</summary>
    public void GetInserted(long number)
    {
        Keys.Inserted(InsertedNumber(number), _key);
        Values.Check(_key, _found, Reader.Get(_key, _found));
    }

    public void DeleteInserted(long number)
    {
        Keys.Inserted(InsertedNumber(number), _key);
        Session.Delete(_key);
    }

    /// <summary>Gets a key that this thread has inserted and deleted.</summary>
    public void GetMissingInserted(long number)
    {
        Keys.Inserted(InsertedNumber(number), _key);
        ExpectAbsent();
    }

    /// <summary>
    /// Gets an entry of the load that may since have been written again, which the snapshot must not see.
    /// </summary>
    public void GetFromSnapshot(long index)
    {
        Get(index);
        if (ValueSource.GenerationOf(_found) != 0)
            throw new WrongDataException($"the snapshot shows a later write of entry {index}");
    }

    public void GetMissing(long index)
    {
        Keys.Missing(index, _key);
        ExpectAbsent();
    }

    public void GetDeleted(long index)
    {
        Keys.Stored(index, _key);
        ExpectAbsent();
    }

    /// <summary>Seeks to an entry that must be there and takes some from it on.</summary>
    public void Seek(long index, int count, bool backwards, bool onlyLoaded)
    {
        Keys.Stored(index, _key);
        Sink.Begin(count, backwards, long.MaxValue);
        Reader.Scan(_key, backwards, Sink);
        if (Sink.FirstHead != KeySpace.HeadOf(_key))
            throw new WrongDataException($"seek to {KeySpace.HeadOf(_key):x16} arrived at {Sink.FirstHead:x16}");
        var available = Math.Min(count, backwards ? index + 1 : Keys.Entries - index);
        if (onlyLoaded && Sink.Count != available)
            throw new WrongDataException($"entry {index} is followed by {Sink.Count} instead of {available} entries");
    }

    /// <returns>False if the engine has no snapshots.</returns>
    public bool ReadFromSnapshot()
    {
        Reader = Session.NewSnapshot() ?? Session;
        return Reader != Session;
    }

    /// <summary>Gives the snapshot back, so that it does not hold up what settles the database.</summary>
    public void EndSnapshot()
    {
        if (Reader != Session)
            Reader.Dispose();
        Reader = Session;
    }

    public void Dispose()
    {
        EndSnapshot();
        Session.Dispose();
    }

    // Threads insert interleaved, so that no two of them insert the same key.
    private long InsertedNumber(long number) => (number * Cell.Threads) + Index;

    private void ExpectAbsent()
    {
        if (Reader.Get(_key, _found) >= 0)
            throw new WrongDataException($"key {Convert.ToHexStringLower(_key)} is present and must not be");
    }
}
