namespace FerrisDB.Storage;

/// <summary>A file that a backup is to have: one of the database, or one that is made for the backup.</summary>
internal sealed class BackupSource
{
    private BackupSource(string name, long sizeBytes, Func<Stream> open)
    {
        Name = name;
        SizeBytes = sizeBytes;
        Open = open;
    }

    /// <summary>What a restored database calls it.</summary>
    public string Name { get; }

    public long SizeBytes { get; }

    /// <summary>Opens its bytes, each time anew.</summary>
    public Func<Stream> Open { get; }

    /// <summary>The table or blob, if it is one: held by whoever made this.</summary>
    public FileHandle? Handle { get; private init; }

    /// <summary>Where the database has exactly these bytes; null where it does not.</summary>
    public string? Path { get; private init; }

    /// <summary>A table or a blob: nobody changes it.</summary>
    public static BackupSource OfFile(
        IFileSystem files, string folder, string name, long sizeBytes, FileHandle handle)
    {
        var path = System.IO.Path.Combine(folder, name);
        return new BackupSource(
            name, sizeBytes, () => new FileContentStream(files.Open(path, FileAccess.Read), sizeBytes))
        {
            Handle = handle,
            Path = path,
        };
    }

    /// <summary>The first bytes of a file, and some that are not in it.</summary>
    public static BackupSource OfLog(
        IFileSystem files, string path, string name, long sizeBytes, ReadOnlyMemory<byte> tail) =>
        new(name, sizeBytes + tail.Length,
            () => new FileContentStream(files.Open(path, FileAccess.Read), sizeBytes, tail));

    public static BackupSource OfBytes(string name, byte[] content) =>
        new(name, content.Length, () => new MemoryStream(content, writable: false));
}
