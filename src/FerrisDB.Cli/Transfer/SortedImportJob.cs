namespace FerrisDB.Cli;

/// <summary>
/// Writes sorted records to tables, past log and MemTables, and has the database take all of them at once.
/// </summary>
internal sealed class SortedImportJob(StorageEngine engine, RecordReader reader, CliConsole console) : IDisposable
{
    // Tens of megabytes make a good table.
    private const long TableBytes = 64 << 20;

    private const int ReportEvery = 10_000;
    private const string Suffix = ".sorted";

    private readonly List<string> _files = [];
    private SortedTableWriter? _writer;
    private byte[] _lastKey = [];

    /// <summary>Leaves out records that are wrong and goes on.</summary>
    public required bool SkipsBad { get; init; }

    public long Records { get; private set; }

    public long Bad { get; private set; }

    /// <summary>Runs to the end of the input. If it fails, nothing is imported.</summary>
    /// <exception cref="MalformedRecordException">A record is wrong, or not behind the one before.</exception>
    public void Run(ProgressMeter meter)
    {
        // On the disk of the database: there the tables are linked, not copied.
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(engine.Folder)) + ".import";
        var folder = new DirectoryInfo(path);
        // An import that was killed has left nothing but tables.
        if (folder.Exists && folder.EnumerateFileSystemInfos().Any(found => found.Extension != Suffix))
            throw new UsageException($"{path} is in the way: the tables of the import are written there.");
        folder.Create();
        try
        {
            while (ReadGood())
            {
                Add(folder);
                if (Records % ReportEvery == 0)
                    meter.Report(reader.BytesRead, Records);
            }
            FinishTable();
            Blocking.Wait(engine.IngestAsync(_files));
        }
        finally
        {
            Dispose();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Closes the table that is not finished.</summary>
    public void Dispose() => _writer?.Dispose();

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
        if (reader.Key.Length > engine.Options.KeySizeLimitBytes)
            throw new MalformedRecordException(reader.Line, $"its key has {reader.Key.Length} bytes: too many.");
        if (reader.Value.Length > engine.Options.ValueSizeLimitBytes)
            throw new MalformedRecordException(reader.Line, $"its value has {reader.Value.Length} bytes: too many.");
        if (Records > 0 && reader.Key.SequenceCompareTo(_lastKey) <= 0)
        {
            throw new MalformedRecordException(
                reader.Line, "its key is not behind the one before: without --sorted the order does not matter.");
        }
    }

    private void Add(DirectoryInfo folder)
    {
        if (_writer is null)
        {
            _files.Add(Path.Combine(folder.FullName, $"{_files.Count}{Suffix}"));
            _writer = new SortedTableWriter(_files[^1], engine.Options);
        }
        _writer.Put(reader.Key, reader.Value);
        if (_lastKey.Length != reader.Key.Length)
            _lastKey = new byte[reader.Key.Length];
        reader.Key.CopyTo(_lastKey);
        Records++;
        if (_writer.EstimatedSizeBytes >= TableBytes)
            FinishTable();
    }

    private void FinishTable()
    {
        _writer?.Finish();
        _writer?.Dispose();
        _writer = null;
    }
}
