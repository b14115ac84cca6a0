namespace FerrisDB;

/// <summary>
/// What went wrong, where a caller can react to it. Numbers below 9000 are FoundationDB's and mean what they mean
/// there; numbers from 9000 on are FerrisDB's own.
/// </summary>
public enum ErrorCode
{
    /// <summary>The version asked for is older than what is retained. Read again at a newer version.</summary>
    TransactionTooOld = 1007,

    /// <summary>The version asked for has not been committed yet.</summary>
    FutureVersion = 1009,

    /// <summary>The disk failed. The outcome of a write that ends so is unknown; do not retry it blindly.</summary>
    IoError = 1510,

    /// <summary>A file or folder that must exist does not.</summary>
    FileNotFound = 1511,

    /// <summary>
    /// A file holds something else than what was written. The message names file, offset, expected and found.
    /// </summary>
    FileCorrupt = 1522,

    /// <summary>The begin of a range lies behind its end.</summary>
    InvertedRange = 2005,

    /// <summary>The key is longer than <c>StorageOptions.KeySizeLimitBytes</c>.</summary>
    KeyTooLarge = 2102,

    /// <summary>The value is longer than <c>StorageOptions.ValueSizeLimitBytes</c>.</summary>
    ValueTooLarge = 2103,

    /// <summary>Another process (or another writer) has the folder open. The message names its process id.</summary>
    FolderLocked = 9001,

    /// <summary>The folder or file was written by a newer format version. The message names both numbers.</summary>
    FormatTooNew = 9002,

    /// <summary>The disk is full or nearly so; writes have stopped. Free space, then open again.</summary>
    DiskFull = 9003,

    /// <summary>
    /// A write or sync failed earlier; writes stay stopped until the folder is opened again. Reads go on.
    /// </summary>
    WritesStopped = 9004,

    /// <summary>The database was opened read-only.</summary>
    ReadOnly = 9005,
}
