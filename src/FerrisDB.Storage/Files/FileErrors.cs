namespace FerrisDB.Storage;

/// <summary>What went wrong with a file, said the same way by every disk.</summary>
internal static class FileErrors
{
    public static FerrisException NotFound(string operation, string path, Exception? innerException = null) =>
        new(ErrorCode.FileNotFound, $"Cannot {operation} {path}: it does not exist.", innerException);

    public static FerrisException DiskFull(string operation, string path, string detail, Exception? innerException = null) =>
        new(ErrorCode.DiskFull, $"Cannot {operation} {path}: {detail}. Free space, then open again.", innerException);

    public static FerrisException Failed(string operation, string path, string detail, Exception? innerException = null) =>
        new(ErrorCode.IoError, $"Cannot {operation} {path}: {detail}.", innerException);
}
