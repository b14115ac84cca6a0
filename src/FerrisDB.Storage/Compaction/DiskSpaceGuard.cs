namespace FerrisDB.Storage;

/// <summary>Refuses writes before the disk is full, so that what is under way can still be finished.</summary>
/// <remarks>
/// One leader asks at a time. The disk is asked again for every so many bytes written, not for every write.
/// </remarks>
internal sealed class DiskSpaceGuard(IFileSystem files, string folder, StorageOptions options)
{
    private const long BytesBetweenChecks = 8 << 20;

    private long _bytesUntilCheck;

    /// <summary>Throws <see cref="ErrorCode.DiskFull"/> if too little would be left.</summary>
    public void Check(long bytes)
    {
        _bytesUntilCheck -= bytes;
        if (_bytesUntilCheck > 0 || options.FreeDiskBytesMin <= 0)
            return;
        var available = files.AvailableBytes(folder);
        if (available < options.FreeDiskBytesMin + bytes)
        {
            throw new FerrisException(
                ErrorCode.DiskFull,
                $"Only {available} bytes are free on the disk of {folder}, and writes stop at "
                    + $"{options.FreeDiskBytesMin} " +
                "(StorageOptions.FreeDiskBytesMin). Nothing was written. Free space and write again.");
        }
        _bytesUntilCheck = BytesBetweenChecks;
    }
}
