namespace FerrisDB.Storage;

/// <summary>What went wrong with a file, said the same way by every disk.</summary>
internal static class FileErrors
{
    public static FerrisException NotFound(string operation, string path, Exception? innerException = null) =>
        new(ErrorCode.FileNotFound, $"Cannot {operation} {path}: it does not exist.", innerException);

    public static FerrisException DiskFull(
        string operation, string path, string detail, Exception? innerException = null) =>
        new(ErrorCode.DiskFull, $"Cannot {operation} {path}: {detail}. Free space, then open again.", innerException);

    public static FerrisException Failed(
        string operation, string path, string detail, Exception? innerException = null) =>
        new(ErrorCode.IoError, $"Cannot {operation} {path}: {detail}.", innerException);

    /// <summary>The error of whoever comes second to a folder.</summary>
    /// <param name="path">The file that carries the lock.</param>
    /// <param name="processId">The owner, or null if it left no name: those who only read do not.</param>
    public static FerrisException Locked(string path, int? processId)
    {
        var owner = processId switch
        {
            null => "another process that has the folder open",
            var id when id == Environment.ProcessId => $"this process ({id})",
            _ => $"process {processId}",
        };
        return new FerrisException(
            ErrorCode.FolderLocked,
            $"{path} is locked by {owner}. One process at a time may write: close it there first.");
    }
}
