namespace FerrisDB.Storage;

/// <summary>While it is held, no segment of the log is released, renamed or written to from the start again.</summary>
internal sealed class WalHold(IReadOnlyList<WalSegmentInfo> segments, WalSegments log) : IDisposable
{
    /// <summary>A number that no segment reaches.</summary>
    public const long All = long.MaxValue;

    /// <summary>The segments at the time of the call; what each holds up to its end does not change any more.</summary>
    public IReadOnlyList<WalSegmentInfo> Segments => segments;

    /// <summary>Of the log, under its lock: segments with smaller numbers are not held.</summary>
    public long FirstNumber { get; set; }

    /// <summary>Segments before this one, also those that have come since, need not be held any more.</summary>
    public void ReleaseBefore(long number) => log.Release(this, number);

    public void Dispose() => log.Release(this, All);
}
