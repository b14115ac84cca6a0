namespace FerrisDB.Storage;

/// <summary>Rows in ascending order that become tables of an open database, all at one version.</summary>
/// <remarks>
/// For one thread at a time. The tables are written to the database's folder as what is not finished: whatever happens,
/// nothing of them stays but what was ingested.
/// </remarks>
internal sealed class SortedRun(StorageEngine engine) : IDisposable
{
    private readonly IFileSystem _files = engine.Tree.Files;
    private readonly DiskSpaceGuard _guard = new(engine.Tree.Files, engine.Folder, engine.Options);
    private readonly List<string> _paths = [];
    private SortedTableWriter? _writer;
    private byte[] _lastKey = [];
    private bool _isEnded;

    /// <summary>About the size of each table. Tens of megabytes make a good one.</summary>
    public long TableBytes { get; init; } = 64 << 20;

    /// <summary>Rows so far.</summary>
    public long Count { get; private set; }

    /// <summary>The first key.</summary>
    public byte[] FirstKey { get; private set; } = [];

    /// <summary>The first key behind all of them.</summary>
    public byte[] End => [.. _lastKey, 0];

    /// <summary>Takes a row.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.ClientInvalidOperation"/>: its key is not behind the one before.
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>, <see cref="ErrorCode.KeyTooLarge"/>,
    /// <see cref="ErrorCode.ValueTooLarge"/>.
    /// </exception>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(_isEnded, this);
        if (Count > 0 && key.SequenceCompareTo(_lastKey) <= 0)
            throw new FerrisException(
                ErrorCode.ClientInvalidOperation,
                $"Rows must ascend, each key once: {KeyText.Of(key)} comes behind {KeyText.Of(_lastKey)}.");
        _guard.Check(key.Length + value.Length);
        if (_writer is null)
        {
            _paths.Add(engine.Tree.PathOf(FileNames.Temporary(engine.Tree.NextFileNumber())));
            _writer = new SortedTableWriter(_paths[^1], engine.Options with { FileSystem = _files });
        }
        _writer.Put(key, value);
        if (Count == 0)
            FirstKey = key.ToArray();
        if (_lastKey.Length != key.Length)
            _lastKey = new byte[key.Length];
        key.CopyTo(_lastKey);
        Count++;
        if (_writer.EstimatedSizeBytes >= TableBytes)
            FinishTable();
    }

    /// <summary>Brings all rows into the database, at a version that is decided when it is their turn.</summary>
    /// <returns>The version; that of the database if there are no rows.</returns>
    public async ValueTask<long> IngestAsync(Func<long, long> versionAfter)
    {
        ObjectDisposedException.ThrowIf(_isEnded, this);
        FinishTable();
        return Count == 0 ? engine.LastVersion : await engine.IngestAtAsync(_paths, versionAfter);
    }

    /// <summary>Deletes what was written; what was ingested has names of its own.</summary>
    public void Dispose()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        _writer?.Dispose();
        foreach (var path in _paths)
        {
            if (_files.FileExists(path))
                _files.Delete(path);
        }
    }

    private void FinishTable()
    {
        _writer?.Finish();
        _writer?.Dispose();
        _writer = null;
    }
}
