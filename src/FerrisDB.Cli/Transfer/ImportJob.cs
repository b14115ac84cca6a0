namespace FerrisDB.Cli;

/// <summary>Writes the records of a reader into a database, batch by batch.</summary>
internal sealed class ImportJob(DatabaseSession session, RecordReader reader, CliConsole console)
{
    // Large records make a batch of fewer of them.
    private const int BatchBytesMax = 1 << 20;

    // Half of what a transaction may have: a batch of many tiny records is cut into several.
    private const int TransactionBytesMax = 5_000_000;

    private readonly WriteBatch _batch = new();
    private readonly SeenKeys _seen = new();
    private long _recordsRead;

    public required int RecordsPerBatch { get; init; }

    /// <summary>
    /// What each batch survives; everything survives power loss when the import has ended, unless it is none.
    /// </summary>
    public required Durability Durability { get; init; }

    /// <summary>Nothing else can happen on the database: it was opened for this import alone.</summary>
    public required bool IsAlone { get; init; }

    /// <summary>Leaves out records that are wrong and goes on.</summary>
    public required bool SkipsBad { get; init; }

    public long Records { get; private set; }

    public long Duplicates { get; private set; }

    public long Bad { get; private set; }

    public bool DuplicatesAreExact => _seen.IsExact;

    /// <summary>Runs to the end of the input.</summary>
    /// <exception cref="MalformedRecordException">A record is wrong. All before it is written.</exception>
    public void Run(ProgressMeter meter)
    {
        try
        {
            while (ReadGood())
            {
                if (_batch.Count >= RecordsPerBatch || _batch.SizeBytes >= BatchBytesMax)
                    WriteBatch(meter);
            }
        }
        catch (MalformedRecordException)
        {
            WriteBatch(meter);
            throw;
        }
        WriteBatch(meter);
        // A server has its batches synced when it has answered the last one.
        if (Durability != Durability.None && !session.IsRemote)
            Blocking.Wait(session.Engine.SyncAsync());
    }

    // Adds the next record to the batch; returns false if there is none.
    private bool ReadGood()
    {
        while (true)
        {
            try
            {
                if (!reader.Read())
                    return false;
                Check("key", reader.Key.Length, session.KeySizeLimitBytes);
                Check("value", reader.Value.Length, session.ValueSizeLimitBytes);
                break;
            }
            catch (MalformedRecordException error) when (SkipsBad)
            {
                Bad++;
                console.Error.WriteLine(error.Message);
            }
        }
        if (!_seen.Add(reader.Key))
            Duplicates++;
        _batch.Put(reader.Key, reader.Value);
        _recordsRead++;
        return true;
    }

    private void Check(string what, int length, int limit)
    {
        if (length > limit)
            throw new MalformedRecordException(reader.Line, $"its {what} has {length} bytes, the limit is {limit}.");
    }

    private void WriteBatch(ProgressMeter meter)
    {
        if (_batch.Count > 0 && IsAlone)
            WriteAlone();
        else if (_batch.Count > 0)
            WriteInTransactions();
        Records = _recordsRead;
        _batch.Clear();
        meter.Report(reader.BytesRead, Records);
    }

    // Past the transactions, at twice their speed (335,000 records a second of 100 bytes against 150,000 on two cores).
    // What they are for, to tell others of a conflict or a change, is for nobody: this process has the folder to
    // itself, and no transaction or watch begins in it before the import ends. Versions go on one by one from the last,
    // and the clock of the next opening begins at the last.
    private void WriteAlone() => session.Engine.Write(_batch, Durability);

    // In the shell there may be watches.
    private void WriteInTransactions()
    {
        using var transaction = session.Database.CreateTransaction();
        transaction.SetOption(TransactionOption.AccessSystemKeys);
        var entries = new BatchReader(_batch.Canonicalize());
        while (entries.TryNext(out var entry))
        {
            transaction.Set(entry.Key, entry.Value);
            if (transaction.ApproximateSizeBytes < TransactionBytesMax)
                continue;
            Blocking.Wait(transaction.CommitAsync(Durability));
            transaction.Reset();
            transaction.SetOption(TransactionOption.AccessSystemKeys);
        }
        Blocking.Wait(transaction.CommitAsync(Durability));
    }
}
