namespace FerrisDB.Transactions;

/// <summary>How much log is kept for a follower that is away, and how long; nothing if either is zero.</summary>
/// <param name="AwayMax">How long.</param>
/// <param name="LogBytesMax">Bytes of log, those among them that the database itself needs.</param>
internal sealed record FollowerLimits(TimeSpan AwayMax, long LogBytesMax)
{
    /// <summary>An hour, as long as it is not more than 4 GiB.</summary>
    public static FollowerLimits Default { get; } = new(TimeSpan.FromHours(1), 4L << 30);
}
