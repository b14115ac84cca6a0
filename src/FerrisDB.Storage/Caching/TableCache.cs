namespace FerrisDB.Storage;

/// <summary>
/// Opens tables when they are first read, and closes those that are not read any more when there are too many.
/// </summary>
/// <remarks>
/// Thread-safe. The open table hangs on its <see cref="TableHandle"/>, so finding it again is one load. Nothing is read
/// from a file under the lock, so nobody waits for it long.
/// </remarks>
internal sealed class TableCache(IFileSystem files, string directory, BlockCache blocks, int openTablesMax)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OpenFiles<TableHandle, SSTableReader> _open = new(openTablesMax); // guarded by _lock
    private readonly Dictionary<long, SSTableReader> _prepared = []; // guarded by _lock
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
                return _open.MemoryBytes;
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

    /// <summary>
    /// Opens a table that is about to be installed, so that no reader will have to. If it cannot be read, the first
    /// reader is told why.
    /// </summary>
    public void Prepare(TableMetadata metadata)
    {
        SSTableReader reader;
        try
        {
            reader = Open(metadata);
        }
        catch (FerrisException)
        {
            return;
        }
        lock (_lock)
        {
            if (!_isDisposed && _prepared.TryAdd(metadata.FileNumber, reader))
                return;
        }
        reader.Release();
    }

    /// <summary>Gives a new handle the table that was prepared for it, if there is one.</summary>
    public void Adopt(TableHandle handle)
    {
        lock (_lock)
        {
            if (_prepared.Remove(handle.FileNumber, out var reader))
                _open.Attach(handle, reader);
        }
    }

    /// <summary>Closes a table, if it is open, once its readers have left.</summary>
    public void Evict(TableHandle handle)
    {
        lock (_lock)
            _open.Close(handle);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _open.CloseAll();
            foreach (var reader in _prepared.Values)
                Epochs.Retire(reader);
            _prepared.Clear();
        }
        Blobs.Dispose();
        Epochs.Collect();
    }

    private SSTableReader Open(TableHandle handle)
    {
        var reader = Open(handle.Metadata);
        lock (_lock)
        {
            if (handle.Reader is null && !_isDisposed)
            {
                _open.Attach(handle, reader);
                return reader;
            }
        }
        // Another thread was faster.
        reader.Release();
        var opened = handle.Reader;
        ObjectDisposedException.ThrowIf(opened is null && _isDisposed, this);
        return opened ?? Open(handle);
    }

    private SSTableReader Open(TableMetadata metadata)
    {
        var file = files.Open(Path.Combine(directory, FileNames.Table(metadata.FileNumber)), FileAccess.Read);
        return SSTableReader.Open(file, metadata, blocks);
    }
}
