namespace FerrisDB.Storage;

/// <summary>
/// The disk as the engine sees it: the one seam below which the operating system, a memory disk, or a simulated disk
/// that loses power lies.
/// </summary>
/// <remarks>
/// Thread-safe. Failures are <see cref="FerrisException"/> with <see cref="ErrorCode.IoError"/>,
/// <see cref="ErrorCode.FileNotFound"/> or <see cref="ErrorCode.DiskFull"/> and name the path.
/// What survives power loss: the bytes of a file up to its last completed <see cref="IFile.SyncAsync"/>, and the names
/// in a folder (creation, renaming, linking, deletion) up to its last completed <see cref="SyncDirectoryAsync"/>.
/// </remarks>
internal interface IFileSystem
{
    /// <summary>Creates an empty file, or empties an existing one, for reading and writing.</summary>
    IFile Create(string path);

    /// <summary>Opens an existing file.</summary>
    IFile Open(string path, FileAccess access);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>The names (not paths) of the files in a folder, in ordinal order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Creates a folder and its missing parents; does nothing if it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames atomically, replacing an existing file.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>
    /// Gives a file a second name, or returns false where hard links are not possible (copy instead).
    /// </summary>
    bool TryLink(string existing, string link);

    /// <summary>What tells a file from all others that have had its path; null where nothing does.</summary>
    FileStamp? StampOf(string path);

    ValueTask SyncDirectoryAsync(string path);

    /// <summary>
    /// Locks a file (created if needed; content: owner's process id) exclusively or shared, across processes and within
    /// this one. Throws <see cref="ErrorCode.FolderLocked"/> with the owner's process id. Disposing unlocks.
    /// </summary>
    IDisposable Lock(string path, bool exclusive);

    /// <summary>Bytes that can still be written on the disk that holds <paramref name="path"/>.</summary>
    long AvailableBytes(string path);
}
