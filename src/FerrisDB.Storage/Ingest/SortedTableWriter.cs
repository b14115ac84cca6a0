namespace FerrisDB.Storage;

/// <summary>
/// Writes a file of ascending keys that <see cref="StorageEngine.IngestAsync"/> adds to a database: the fastest way to
/// load much data. Any process on any machine may write such files.
/// </summary>
/// <remarks>
/// For one thread at a time. Add all keys, then <see cref="Finish"/>; a file without that is not accepted.
/// </remarks>
public sealed class SortedTableWriter : IDisposable
{
    /// <summary>The version in the file. Each entry gets the version of its ingest instead.</summary>
    internal const long StoredVersion = 1;

    private const int WriteBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly StorageOptions _options;
    private readonly IFile _file;
    private readonly SSTableWriter _writer;
    private byte[] _lastKey = new byte[64];
    private int _lastKeyLength = -1;
    private bool _isFinished;
    private bool _isDisposed;

    /// <summary>Creates a file; one that is there already is emptied.</summary>
    /// <param name="path">Where to write.</param>
    /// <param name="options">Block size, filter, compression and limits, best those of the database.</param>
    public SortedTableWriter(string path, StorageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _options = options ?? new StorageOptions();
        _options.Validate();
        _files = _options.FileSystem ?? new DiskFileSystem();
        _path = path;
        _file = _files.Create(path);
        var writerOptions = SSTableWriterOptions.From(_options, TableSet.BottomLevel, tableBytes: 0) with
        {
            IsSortedFile = true,
        };
        _writer = new SSTableWriter(_file, writerOptions);
    }

    /// <summary>Keys added so far.</summary>
    public long Count => _writer.EntryCount;

    /// <summary>About the bytes of the file if it were finished now. Tens of megabytes make a good file.</summary>
    public long EstimatedSizeBytes => _writer.EstimatedSizeBytes;

    /// <summary>Gives a key a value.</summary>
    /// <param name="key">Behind all keys before.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The key is not behind the one before.</exception>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.KeyTooLarge"/>, <see cref="ErrorCode.ValueTooLarge"/>, <see cref="ErrorCode.IoError"/>,
    /// <see cref="ErrorCode.DiskFull"/>.
    /// </exception>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        TableIngest.CheckLimits(_options, key, value);
        Add(key, EntryKind.Value, value);
    }

    /// <summary>Removes a key that is in the database when the file is ingested.</summary>
    /// <inheritdoc cref="Put"/>
    public void Delete(ReadOnlySpan<byte> key)
    {
        TableIngest.CheckLimits(_options, key, default);
        Add(key, EntryKind.Tombstone, default);
    }

    /// <summary>Completes the file and makes it survive power loss.</summary>
    /// <exception cref="InvalidOperationException">No key was added.</exception>
    public void Finish()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isFinished || Count == 0)
            throw new InvalidOperationException(_isFinished ? "The file is finished already." : "The file has no key.");
        _isFinished = true;
        Blocking.Wait(_writer.FinishAsync(fileNumber: 0));
    }

    /// <summary>Closes the file; one that is not finished is deleted.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _writer.Dispose();
        _file.Dispose();
        if (!_isFinished)
            _files.Delete(_path);
    }

    private void Add(ReadOnlySpan<byte> key, EntryKind kind, ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isFinished)
            throw new InvalidOperationException("The file is finished already.");
        if (_lastKeyLength >= 0 && key.SequenceCompareTo(_lastKey.AsSpan(0, _lastKeyLength)) <= 0)
            throw new ArgumentException("Keys must be added in ascending order, each once.", nameof(key));
        if (key.Length > _lastKey.Length)
            _lastKey = new byte[2 * key.Length];
        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
        _writer.Add(key, new EntryTag(StoredVersion, kind), value);
        if (_writer.PendingBytes >= WriteBytes)
            Blocking.Wait(_writer.WritePendingAsync());
    }
}
