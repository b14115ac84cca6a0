namespace FerrisDB.Storage;

/// <summary>Writes the tables of a repair, one after the other, in the order of internal keys.</summary>
/// <remarks>
/// A table has its name once it is whole and synced: a repair that is interrupted leaves nothing that could be taken
/// for a damaged table. For one thread.
/// </remarks>
internal sealed class RepairTableWriter(IFileSystem files, string folder, StorageOptions options, long firstNumber)
    : IDisposable
{
    private const int WriteBytes = 1 << 20;

    private SSTableWriter? _writer;
    private IFile? _file;
    private long _olderVersionCount;
    private byte[]? _lastKey;

    /// <summary>The number of the next table.</summary>
    public long NextFileNumber { get; private set; } = firstNumber;

    public bool IsOpen => _writer is not null;

    /// <summary>True if nothing was added to the table yet.</summary>
    public bool IsEmpty => _writer is null || _writer.EntryCount == 0;

    public bool ShouldWrite => _writer?.PendingBytes >= WriteBytes;

    public bool IsFull => _writer?.EstimatedSizeBytes >= options.TableSizeBytes;

    public void Begin(int level)
    {
        Invariant.That(_writer is null);
        _file = files.Create(PathOf(FileNames.Temporary(NextFileNumber)));
        _writer = new SSTableWriter(_file, SSTableWriterOptions.From(options, level, tableBytes: 0));
        (_olderVersionCount, _lastKey) = (0, null);
    }

    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        if (_lastKey is not null && key.SequenceEqual(_lastKey))
            _olderVersionCount++;
        else
            _lastKey = key.ToArray();
        _writer!.Add(key, tag, value);
    }

    public ValueTask WritePendingAsync() => _writer!.WritePendingAsync();

    /// <summary>Ends the table; its name is durable too.</summary>
    public async ValueTask<TableMetadata> FinishAsync(RangeTombstoneSet rangeTombstones)
    {
        var number = NextFileNumber++;
        if (!rangeTombstones.IsEmpty)
            _writer!.AddRangeTombstones(rangeTombstones);
        var table = await _writer!.FinishAsync(number);
        Dispose();
        files.Rename(PathOf(FileNames.Temporary(number)), PathOf(FileNames.Table(number)));
        await files.SyncDirectoryAsync(folder);
        return table with { OlderVersionCount = _olderVersionCount };
    }

    /// <summary>Takes back a table that nothing was added to.</summary>
    public void Abandon()
    {
        Invariant.That(IsOpen && IsEmpty);
        Dispose();
        files.Delete(PathOf(FileNames.Temporary(NextFileNumber)));
    }

    /// <summary>Abandons a table that is not finished.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _file?.Dispose();
        (_writer, _file) = (null, null);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
