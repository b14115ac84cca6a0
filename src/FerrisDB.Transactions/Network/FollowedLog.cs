namespace FerrisDB.Transactions;

/// <summary>The log that is held for one follower, connected or away.</summary>
/// <remarks>For one thread at a time. What is said of it belongs to <see cref="FollowedLogs"/>.</remarks>
internal sealed class FollowedLog(FollowedLogs logs, LogArchive archive, string holder, string address, long number)
    : ILogArchive
{
    public LogArchive Archive => archive;

    /// <summary>Whose connection it is.</summary>
    public string Holder => holder;

    /// <summary>Where it comes from.</summary>
    public string Address => address;

    /// <summary>Later ones have larger numbers.</summary>
    public long Number => number;

    /// <summary>Where it asked last to go on: all before that it has stored.</summary>
    public LogPlace? AskedFrom { get; set; }

    /// <summary>Up to where it was given the log last, and may have stored it.</summary>
    public LogPlace? GivenTo { get; set; }

    /// <summary>
    /// Where it went on when it came, as long as nobody is known who was there before: that one's connection may still
    /// be thought to live.
    /// </summary>
    public LogPlace? CameBackAt { get; set; }

    /// <summary>When its connection ended; null if it has not.</summary>
    public long? AwaySince { get; set; }

    /// <summary>True if its follower may ask to go on from there.</summary>
    public bool MayGoOnFrom(LogPlace place) => AskedFrom == place || GivenTo == place;

    public async ValueTask<BackupOrigin> TakeAllAsync(LogPlace? from)
    {
        var origin = await archive.TakeAllAsync(from);
        logs.Gave(this, origin.Earlier is null ? null : from, origin);
        return origin;
    }

    public async ValueTask<BackupOrigin?> TakeLogAsync(LogPlace from)
    {
        var origin = await archive.TakeLogAsync(from);
        if (origin is not null)
            logs.Gave(this, from, origin);
        return origin;
    }

    /// <summary>Its connection has ended, or it does not want the log now.</summary>
    public ValueTask DisposeAsync()
    {
        logs.Leave(this);
        return ValueTask.CompletedTask;
    }
}
