namespace FerrisDB.Cli;

/// <summary>Writes the records of a reader into a database, batch by batch.</summary>
internal sealed class ImportJob(StorageEngine engine, RecordReader reader, CliConsole console)
{
    // Large records make a batch of fewer of them.
    private const int BatchBytesMax = 1 << 20;

    private readonly WriteBatch _batch = new();
    private readonly SeenKeys _seen = new();
    private long _recordsRead;

    public required int RecordsPerBatch { get; init; }

    /// <summary>
    /// What each batch survives; everything survives power loss when the import has ended, unless it is none.
    /// </summary>
    public required Durability Durability { get; init; }

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
        if (Durability != Durability.None)
            Blocking.Wait(engine.SyncAsync());
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
                Check("key", reader.Key.Length, engine.Options.KeySizeLimitBytes);
                Check("value", reader.Value.Length, engine.Options.ValueSizeLimitBytes);
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
        if (_batch.Count > 0)
            engine.Write(_batch, Durability);
        Records = _recordsRead;
        _batch.Clear();
        meter.Report(reader.BytesRead, Records);
    }
}
