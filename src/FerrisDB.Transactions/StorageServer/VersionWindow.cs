namespace FerrisDB.Transactions;

// Which versions may still be read? Those of the last five seconds, by time and not by number: while nobody commits, no
// transaction grows old. So every so often the version that is the newest is written down, with the time:
//
//     time      10.0   10.1   10.2  ...   15.0   15.1
//     newest      40     40     57  ...     90     91
//                         ▲                         ▲
//                       floor                      now
//
// and the floor is the newest version that is at least five seconds old in this list: all that began less than five
// seconds ago reads there or above.

/// <summary>The versions that are kept readable, and the oldest of them, the floor.</summary>
/// <remarks>Advanced by one thread at a time, the one that decides commits; the floor is read by all.</remarks>
internal sealed class VersionWindow
{
    // How finely time is told: the floor is up to this share of the window later than it could be.
    private const int Steps = 50;

    private readonly Queue<(long Time, long Version)> _past = new(Steps + 2);
    private readonly long _length;
    private readonly long _step;
    private long _lastSample;
    private long _floor;

    /// <summary>A window that begins at a version: nothing older can be read.</summary>
    /// <param name="clock">Tells the time.</param>
    /// <param name="length">How long a version stays readable after a newer one was committed.</param>
    /// <param name="version">The version of the database when it was opened.</param>
    public VersionWindow(TimeProvider clock, TimeSpan length, long version)
    {
        _length = (long)Math.Min(length.TotalSeconds * clock.TimestampFrequency, long.MaxValue / 4);
        _step = Math.Max(1, _length / Steps);
        _floor = version;
        _lastSample = clock.GetTimestamp();
        _past.Enqueue((_lastSample, version));
    }

    /// <summary>The oldest version that may be read.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>Whether it is time to advance.</summary>
    /// <param name="now">The timestamp of the clock.</param>
    public bool IsDue(long now) => now - _lastSample >= _step;

    /// <summary>Notes the time of a version, if that is due. True if the floor has moved.</summary>
    /// <param name="newestVersion">The newest version that readers can have got.</param>
    /// <param name="now">The timestamp of the clock.</param>
    public bool Advance(long newestVersion, long now)
    {
        if (!IsDue(now))
            return false;
        _lastSample = now;
        _past.Enqueue((now, newestVersion));
        var floor = _floor;
        while (_past.TryPeek(out var oldest) && now - oldest.Time >= _length)
        {
            floor = oldest.Version;
            _past.Dequeue();
        }
        if (floor == _floor)
            return false;
        Invariant.That(floor > _floor);
        Volatile.Write(ref _floor, floor);
        return true;
    }
}
