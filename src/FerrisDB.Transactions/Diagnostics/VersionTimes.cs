namespace FerrisDB.Transactions;

/// <summary>Which version was the newest at which time of the last seconds, ten times a second.</summary>
/// <remarks>
/// Thread-safe. A read version alone does not tell when it was given out: on an idle database the newest version may be
/// an hour old.
/// </remarks>
internal sealed class VersionTimes(TimeProvider clock)
{
    private const int Count = 128;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();

    // Under the gate: a ring, the newest at _last.
    private readonly (long Version, long At)[] _ring = new (long, long)[Count];
    private int _last;

    // When the next note counts; read by all.
    private long _next;

    /// <summary>Tells the newest version.</summary>
    public void Note(long version)
    {
        var now = clock.GetTimestamp();
        if (now < Volatile.Read(ref _next))
            return;
        lock (_gate)
        {
            _last = (_last + 1) % Count;
            _ring[_last] = (version, now);
            Volatile.Write(ref _next, now + (long)(Step.TotalSeconds * clock.TimestampFrequency));
        }
    }

    /// <summary>
    /// The earliest time at which a version is known not to have been the newest any more: who has it has had it since
    /// then, at least. The given time if nothing is known.
    /// </summary>
    public long Left(long version, long otherwise)
    {
        lock (_gate)
        {
            var left = otherwise;
            for (var back = 0; back < Count; back++)
            {
                var (newest, at) = _ring[(_last - back + Count) % Count];
                if (newest <= version)
                    break;
                left = at;
            }
            return left;
        }
    }
}
