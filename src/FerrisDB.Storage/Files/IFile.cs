namespace FerrisDB.Storage;

/// <summary>
/// An open file. Reads are synchronous and thread-safe; writes and syncs complete inline on a real disk.
/// </summary>
internal interface IFile : IDisposable
{
    /// <summary>Path or name, for messages.</summary>
    string Path { get; }

    long Length { get; }

    /// <summary>Reads until the span is full or the file ends; returns the count of bytes read.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="data"/>, growing the file if needed.</summary>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data);

    /// <summary>
    /// As <see cref="WriteAsync"/>, for callers whose bytes lie in a span and who accept blocking: the append of a log
    /// record on the thread that commits it.
    /// </summary>
    void Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>
    /// Asks the system to begin moving these bytes to the disk, so that the sync that follows waits for less. Promises
    /// nothing and reports no failure: the sync does.
    /// </summary>
    void BeginSync(long offset, long length)
    {
    }

    /// <summary>Makes all content written so far survive power loss (fdatasync).</summary>
    ValueTask SyncAsync();

    /// <summary>Cuts the file or extends it with zeros.</summary>
    ValueTask SetLengthAsync(long length);

    /// <summary>
    /// Maps the first <paramref name="length"/> bytes for writing, or returns null where that is not safe or not
    /// possible (the caller falls back to <see cref="Write"/>). The file must be that long.
    /// </summary>
    IFileMapping? TryMap(long length);
}

/// <summary>
/// A file's bytes in memory. What is written survives the death of the process at once, and power loss after
/// <see cref="IFile.SyncAsync"/>, exactly as <see cref="IFile.Write"/> does, without a system call.
/// </summary>
internal interface IFileMapping : IDisposable
{
    void Write(long offset, ReadOnlySpan<byte> data);
}
