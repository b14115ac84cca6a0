namespace FerrisDB.Server;

/// <summary>Keeps others from changing a file while one reads and replaces it, by another file beside it.</summary>
/// <remarks>
/// The lock goes with the process. The other file stays: whoever removed it might remove the lock of the next one.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Stream _file;

    private FileLock(Stream file) => _file = file;

    /// <summary>Waits for its turn.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.IoError"/>: it cannot be locked, or somebody else has had it for 10 s.
    /// </exception>
    public static FileLock Take(string path, TimeProvider clock)
    {
#if FERRIS_CHECKED
        if (TokenBugs.ChangesWithoutLock)
            return new FileLock(Stream.Null);
#endif
        var beside = path + ".lock";
        var begun = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileLock(PrivateFile.OpenAlone(beside));
            }
            catch (IOException held) when (held.HResult is WouldBlock or SharingViolation
                && clock.GetElapsedTime(begun) < Patience)
            {
                Task.Delay(Pause, clock).GetAwaiter().GetResult();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new FerrisException(
                    ErrorCode.IoError, $"{path} cannot be changed, because of {beside}: {failure.Message}", failure);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
