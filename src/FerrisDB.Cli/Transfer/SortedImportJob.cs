namespace FerrisDB.Cli;

/// <summary>
/// Writes sorted records to tables, past log and MemTables, and has the database take all of them at once.
/// </summary>
internal sealed class SortedImportJob(DatabaseSession session, RecordReader reader, CliConsole console)
{
    private const int ReportEvery = 10_000;

    private byte[] _lastKey = [];

    /// <summary>Leaves out records that are wrong and goes on.</summary>
    public required bool SkipsBad { get; init; }

    public long Records { get; private set; }

    public long Bad { get; private set; }

    /// <summary>Runs to the end of the input. If it fails, nothing is imported.</summary>
    /// <exception cref="MalformedRecordException">A record is wrong, or not behind the one before.</exception>
    public async ValueTask RunAsync(ProgressMeter meter)
    {
        await using var import = await session.Database.BeginSortedImportAsync();
        while (ReadGood())
        {
            await import.AddAsync(reader.Key, reader.Value);
            Records++;
            if (Records % ReportEvery == 0)
                meter.Report(reader.BytesRead, Records);
        }
        meter.Report(reader.BytesRead, Records);
        await import.CommitAsync();
    }

    private bool ReadGood()
    {
        while (true)
        {
            try
            {
                if (!reader.Read())
                    return false;
                Check();
                return true;
            }
            catch (MalformedRecordException error) when (SkipsBad)
            {
                Bad++;
                console.Error.WriteLine(error.Message);
            }
        }
    }

    private void Check()
    {
        if (reader.Key.Length > session.KeySizeLimitBytes)
            throw new MalformedRecordException(reader.Line, $"its key has {reader.Key.Length} bytes: too many.");
        if (reader.Value.Length > session.ValueSizeLimitBytes)
            throw new MalformedRecordException(reader.Line, $"its value has {reader.Value.Length} bytes: too many.");
        if (Records > 0 && reader.Key.SequenceCompareTo(_lastKey) <= 0)
        {
            throw new MalformedRecordException(
                reader.Line, "its key is not behind the one before: without --sorted the order does not matter.");
        }
        if (_lastKey.Length != reader.Key.Length)
            _lastKey = new byte[reader.Key.Length];
        reader.Key.CopyTo(_lastKey);
    }
}
