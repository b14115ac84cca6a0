namespace FerrisDB.Storage;

/// <summary>
/// Opens tables when they are first read, and closes those that are not read any more when there are too many.
/// </summary>
/// <remarks>
/// Thread-safe. The open table hangs on its <see cref="TableHandle"/>, so finding it again is one load.
/// </remarks>
internal sealed class TableCache(IFileSystem files, string directory, BlockCache blocks, int openTablesMax)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TableHandle> _open = []; // guarded by _lock
    private int _hand; // guarded by _lock
    private bool _isDisposed; // guarded by _lock

    public BlockCache Blocks => blocks;

    /// <summary>The open blobs.</summary>
    public BlobCache Blobs { get; } = new(files, directory, blocks, openTablesMax);

    public int OpenCount
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>Bytes of filters, fences and slots of all open tables.</summary>
    public long MemoryBytes
    {
        get
        {
            lock (_lock)
                return _open.Sum(handle => handle.Reader!.MemoryBytes);
        }
    }

    /// <summary>
    /// The open table. Call inside an epoch, with the handle held: it is valid until the epoch is left.
    /// </summary>
    public SSTableReader Get(TableHandle handle)
    {
        var reader = handle.Reader;
        if (reader is null)
            return Open(handle);
        if (!reader.WasUsed)
            reader.WasUsed = true;
        return reader;
    }

    /// <summary>A cursor over a table whose handle is held; it keeps the table open by itself.</summary>
    /// <param name="handle">The table.</param>
    /// <param name="isCompaction">Leaves the block cache as it is: what is read will not be wanted again.</param>
    public SSTableCursor OpenCursor(TableHandle handle, bool isCompaction = false)
    {
        using var epoch = Epochs.Enter();
        return Get(handle).OpenCursor(isCompaction);
    }

    /// <summary>Closes a table, if it is open, once its readers have left.</summary>
    public void Evict(TableHandle handle)
    {
        lock (_lock)
        {
            if (handle.Reader is null)
                return;
            Close(_open.IndexOf(handle));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            while (_open.Count > 0)
                Close(_open.Count - 1);
        }
        Blobs.Dispose();
        Epochs.Collect();
    }

    private SSTableReader Open(TableHandle handle)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (handle.Reader is { } opened)
                return opened;
            if (_open.Count >= openTablesMax)
                Close(ChooseUnused());
            var file = files.Open(Path.Combine(directory, FileNames.Table(handle.FileNumber)), FileAccess.Read);
            var reader = SSTableReader.Open(file, handle.Metadata, blocks);
            handle.Reader = reader;
            _open.Add(handle);
            return reader;
        }
    }

    // The first one from the hand on that was not used since the hand came by last.
    private int ChooseUnused()
    {
        while (true)
        {
            _hand = _hand < _open.Count ? _hand : 0;
            var reader = _open[_hand].Reader!;
            if (!reader.WasUsed)
                return _hand;
            reader.WasUsed = false;
            _hand++;
        }
    }

    private void Close(int index)
    {
        var handle = _open[index];
        var reader = handle.Reader!;
        _open[index] = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        handle.Reader = null;
        Epochs.Retire(reader);
    }
}
