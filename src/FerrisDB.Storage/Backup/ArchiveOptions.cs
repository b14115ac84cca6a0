namespace FerrisDB.Storage;

/// <summary>How the log of a database is kept in backups. Immutable.</summary>
public sealed record ArchiveOptions
{
    /// <summary>
    /// How often what is new is stored: what a disaster may cost. From 10 ms to 1 day. Default: 10 s.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of log, at least 1: when a backup has more, a new one is begun. More log is more to replay in a restore.
    /// Default: 1 GiB.
    /// </summary>
    public long LogBytesMax { get; init; } = 1L << 30;

    /// <summary>Called when something was stored: a backup, or a longer log of the one before.</summary>
    public Action<BackupResult>? Stored { get; init; }

    /// <summary>
    /// Called with an error that may go away, and after which it is tried again: the server cannot be reached, or
    /// somebody else has the target locked.
    /// </summary>
    public Action<FerrisException>? Failed { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Interval, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(LogBytesMax, 1);
    }
}
