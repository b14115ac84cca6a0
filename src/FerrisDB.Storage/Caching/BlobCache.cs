namespace FerrisDB.Storage;

/// <summary>
/// Opens blobs when a value of theirs is first read, and closes those that are not read any more when there are too
/// many: what the <see cref="TableCache"/> is for tables.
/// </summary>
/// <remarks>Thread-safe. The open blob hangs on its handle, so finding it again is one load.</remarks>
internal sealed class BlobCache(IFileSystem files, string directory, BlockCache blocks, int openMax) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OpenFiles<BlobHandle, BlobReader> _open = new(openMax); // guarded by _lock
    private bool _isDisposed; // guarded by _lock

    public int OpenCount
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>Bytes of the slots of all open blobs.</summary>
    public long MemoryBytes
    {
        get
        {
            lock (_lock)
                return _open.MemoryBytes;
        }
    }

    /// <summary>
    /// The large value of an entry. Call inside an epoch, with the set held: it is valid until the epoch is left.
    /// </summary>
    /// <param name="blobs">Of the set of tables that has the entry.</param>
    /// <param name="key">The entry's key.</param>
    /// <param name="version">The entry's version.</param>
    /// <param name="encoded">What the entry has in place of the value.</param>
    public ReadOnlySpan<byte> Fetch(
        BlobSet blobs, ReadOnlySpan<byte> key, long version, ReadOnlySpan<byte> encoded)
    {
        var reference = ReferenceOf(key, encoded);
        return Get(HandleOf(blobs, reference)).Fetch(reference, key, version);
    }

    /// <summary>The open blob. Call inside an epoch, with the handle held: valid until the epoch is left.</summary>
    public BlobReader Get(BlobHandle handle)
    {
        var reader = handle.Reader;
        if (reader is null)
            return Open(handle);
        if (!reader.WasUsed)
            reader.WasUsed = true;
        return reader;
    }

    /// <summary>The open blob with a reference: release it. The set is held.</summary>
    public BlobReader Acquire(BlobSet blobs, BlobReference reference)
    {
        using var epoch = Epochs.Enter();
        var reader = Get(HandleOf(blobs, reference));
        var isAcquired = reader.TryAcquire();
        Invariant.That(isAcquired);
        return reader;
    }

    public BlobReference ReferenceOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> encoded) =>
        BlobReference.TryRead(encoded, out var reference)
            ? reference
            : throw FerrisException.Corrupt(
                directory, 0, $"the place of the value of {KeyText.Of(key)}", Convert.ToHexString(encoded));

    /// <summary>Closes a blob, if it is open, once its readers have left.</summary>
    public void Evict(BlobHandle handle)
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
        }
    }

    private BlobHandle HandleOf(BlobSet blobs, BlobReference reference) =>
        blobs.Find(reference.FileNumber) ?? throw FerrisException.Corrupt(
            Path.Combine(directory, FileNames.Blob(reference.FileNumber)), reference.Offset,
            "a blob that the manifest names", "a reference to another");

    // Nothing is read from the file under the lock: others would wait for it.
    private BlobReader Open(BlobHandle handle)
    {
        var file = files.Open(Path.Combine(directory, FileNames.Blob(handle.FileNumber)), FileAccess.Read);
        var reader = BlobReader.Open(file, handle.Metadata, blocks);
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
}
