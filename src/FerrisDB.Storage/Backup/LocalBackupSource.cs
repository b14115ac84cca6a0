namespace FerrisDB.Storage;

/// <summary>A file of a database in this process, or one that is made for the backup.</summary>
internal sealed class LocalBackupSource : BackupSource
{
    private readonly Func<Stream> _open;
    private IFileSystem? _files;
    private FileHandle? _handle;
    private string? _path;

    private LocalBackupSource(string name, long sizeBytes, Func<Stream> open)
        : base(name, sizeBytes) => _open = open;

    public override FileStamp? Stamp => _path is null ? null : _files!.StampOf(_path);

    public override string? Path => _path;

    /// <summary>A table or a blob, held by the caller: nobody changes it.</summary>
    public static LocalBackupSource OfFile(
        IFileSystem files, string folder, string name, long sizeBytes, FileHandle handle)
    {
        var path = System.IO.Path.Combine(folder, name);
        return new LocalBackupSource(
            name, sizeBytes, () => new FileContentStream(files.Open(path, FileAccess.Read), sizeBytes))
        {
            _files = files,
            _handle = handle,
            _path = path,
        };
    }

    /// <summary>The first bytes of a file, and some that are not in it.</summary>
    public static LocalBackupSource OfLog(
        IFileSystem files, string path, string name, long sizeBytes, ReadOnlyMemory<byte> tail) =>
        new(name, sizeBytes + tail.Length,
            () => new FileContentStream(files.Open(path, FileAccess.Read), sizeBytes, tail));

    public static LocalBackupSource OfBytes(string name, byte[] content) =>
        new(name, content.Length, () => new MemoryStream(content, writable: false));

    public override async ValueTask<string> HashAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        if (_handle is not null)
            Check(_handle, cancellationToken);
        await using var content = _open();
        var (hash, _) = await StreamCopy.HashAsync(content, cancellationToken, progress);
        return hash;
    }

    public override Stream Open(Action<long> progress) => _open();

    // What is damaged must not become a backup that looks whole.
    private void Check(FileHandle handle, CancellationToken cancellationToken)
    {
        var isHeld = handle.TryAcquire();
        Invariant.That(isHeld);
        ScrubReading reading;
        try
        {
            reading = ScrubReading.Of(handle, _files!.Open(_path!, FileAccess.Read));
        }
        catch
        {
            handle.Release();
            throw;
        }
        using (reading)
        {
            while (!reading.IsAtEnd)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reading.ReadNext(static (error, _, _) => throw error);
            }
        }
    }
}
