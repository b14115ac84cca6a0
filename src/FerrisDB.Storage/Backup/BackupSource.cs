namespace FerrisDB.Storage;

/// <summary>A file that a backup is to have: of a database in this process, or of one that is far away.</summary>
/// <param name="name">What a restored database calls it.</param>
/// <param name="sizeBytes">Its length.</param>
internal abstract class BackupSource(string name, long sizeBytes)
{
    /// <summary>What a restored database calls it.</summary>
    public string Name => name;

    public long SizeBytes => sizeBytes;

    /// <summary>Recognizes the file without reading it; null where it may change, or cannot be recognized.</summary>
    public virtual FileStamp? Stamp => null;

    /// <summary>Where this process has exactly these bytes; null where it does not.</summary>
    public virtual string? Path => null;

    /// <summary>Reads the file, makes sure that it is not damaged, and returns the SHA-256 of its bytes.</summary>
    /// <param name="progress">Told how many bytes more were read, if they are read here.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/></exception>
    public abstract ValueTask<string> HashAsync(Action<long> progress, CancellationToken cancellationToken);

    /// <summary>Opens its bytes, each time anew, after they were hashed.</summary>
    /// <param name="progress">As above: told of bytes that come from elsewhere.</param>
    public abstract Stream Open(Action<long> progress);
}
