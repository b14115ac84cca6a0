namespace FerrisDB.Transactions;

/// <summary>
/// Hands out commit versions: strictly increasing, and about a million a second, so that they tell time.
/// </summary>
/// <remarks>
/// Called by one thread at a time. Versions follow the clock from the version at which the log was recovered; a burst
/// of more than a million commits a second runs ahead of the clock, and then the clock catches up.
/// </remarks>
internal sealed class Sequencer(TimeProvider clock, long recoveredVersion)
{
    /// <summary>Versions that pass in a second without load.</summary>
    public const long VersionsPerSecond = 1_000_000;

    /// <summary>What an empty database reads at: 0 is no read version.</summary>
    public const long FirstVersion = 1;

    private readonly long _startedAt = clock.GetTimestamp();

    // Of each tick of the clock, if that is a whole number; else 0.
    private readonly long _versionsPerTick =
        VersionsPerSecond % clock.TimestampFrequency == 0 ? VersionsPerSecond / clock.TimestampFrequency : 0;

    /// <summary>Where versions are by the clock, for who wants to tell the time of one. By any thread.</summary>
    public BackupClock Clock => new(ByClock(Now), recoveredVersion, VersionsPerSecond);

    /// <summary>The timestamp of the clock.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>The version of the next commit, above <paramref name="lastVersion"/>.</summary>
    public long Next(long lastVersion, long now) => Math.Max(Math.Max(lastVersion, FirstVersion) + 1, ByClock(now));

    private long ByClock(long now)
    {
        var versions = _versionsPerTick > 0
            ? (now - _startedAt) * _versionsPerTick
            : clock.GetElapsedTime(_startedAt, now).Ticks / (TimeSpan.TicksPerSecond / VersionsPerSecond);
        return recoveredVersion + versions;
    }
}
