using System.Globalization;

namespace FerrisDB.Transactions;

// A flush lets the log go, and what a follower has not stored by then is missing in its backups for ever. So the log
// stays when its connection breaks:
//
//     follows ──── lost ──── away ────┬─ it comes back, and goes on ───► follows
//                                     └─ too long, too much, or the disk is low: let go
//
// Nobody has a name. A follower is known by where it goes on: the place that it asked for last, or, if it has stored
// what it was given there, the end of that. Two that may go on at the same place need the same log, so it does not
// matter whose is let go when one of them comes.
//
// One that comes back may be here again before its old connection is known to be dead: then nothing is kept when
// that ends.

/// <summary>The log that is held for those who keep it in backups, also for a time while they are away.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FollowedLogs(TimeProvider clock, FollowerLimits limits)
{
    private readonly Lock _gate = new();

    // Under the gate, and what these say of themselves too.
    private readonly List<FollowedLog> _logs = [];
    private long _lastNumber;
    private bool _isClosed;

    /// <summary>How much is kept for those who are away.</summary>
    public FollowerLimits Limits => limits;

    /// <summary>Somebody is away.</summary>
    public bool IsAnyAway
    {
        get
        {
            lock (_gate)
                return _logs.Exists(static log => log.AwaySince is not null);
        }
    }

    /// <summary>Those that there are, in the order in which they came.</summary>
    public IReadOnlyList<FollowerStatus> Followers
    {
        get
        {
            lock (_gate)
                return [.. _logs.Select(StatusOf)];
        }
    }

    /// <summary>Somebody comes.</summary>
    public FollowedLog Begin(LogArchive archive, string holder, string address)
    {
        lock (_gate)
        {
            var log = new FollowedLog(this, archive, holder, address, ++_lastNumber);
            _logs.Add(log);
            return log;
        }
    }

    /// <summary>It was given the log, which it has asked for from a place on: if it was away, it is back.</summary>
    public void Gave(FollowedLog log, LogPlace? from, BackupOrigin origin)
    {
        lock (_gate)
        {
            var isFirst = log.GivenTo is null;
            (log.AskedFrom, log.GivenTo) = (from ?? log.AskedFrom, LogPlace.Of(origin));
            if (!isFirst || from is not { } place)
                return;
            if (_logs.Find(each => each.AwaySince is not null && each.MayGoOnFrom(place)) is { } before)
                LetGo(before);
            else
                log.CameBackAt = place;
        }
    }

    /// <summary>Its connection has ended. If it is not here again already, its log is kept.</summary>
    public void Leave(FollowedLog log)
    {
        lock (_gate)
        {
            var again = _logs.Find(each => each.Number > log.Number
                && each.CameBackAt is { } place && log.MayGoOnFrom(place));
            if (again is not null)
                again.CameBackAt = null;
            var isKept = again is null && !_isClosed && limits.AwayMax > TimeSpan.Zero && limits.LogBytesMax > 0;
#if FERRIS_CHECKED
            isKept &= SeededBugs.Active != SeededBug.LogOfTheAwayIsLetGo;
#endif
            if (isKept)
                log.AwaySince = clock.GetTimestamp();
            else
                LetGo(log);
        }
    }

    /// <summary>Lets the log go of those who are away for too long or need too much.</summary>
    /// <param name="isDiskLow">Then of all who are away.</param>
    /// <returns>Whose, and why.</returns>
    public IReadOnlyList<(FollowerStatus Follower, string Reason)> LookAfter(bool isDiskLow)
    {
        lock (_gate)
        {
            List<(FollowerStatus, string)> gone = [];
            foreach (var log in _logs.Where(static log => log.AwaySince is not null).ToList())
            {
                var status = StatusOf(log);
                if (ReasonToLetGo(status, isDiskLow) is not { } reason)
                    continue;
                gone.Add((status, reason));
                LetGo(log);
            }
            return gone;
        }
    }

    /// <summary>Lets all go, now and from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var log in _logs.Where(static log => log.AwaySince is not null).ToList())
                LetGo(log);
        }
    }

    private string? ReasonToLetGo(FollowerStatus follower, bool isDiskLow) =>
        isDiskLow ? "the disk is nearly full"
        : follower.Away >= limits.AwayMax
            ? string.Create(CultureInfo.InvariantCulture, $"it was away for {limits.AwayMax.TotalSeconds:N0} s")
        : follower.LogBytes > limits.LogBytesMax
            ? string.Create(CultureInfo.InvariantCulture, $"it needed {follower.LogBytes >> 20:N0} MiB of log")
        : null;

    private FollowerStatus StatusOf(FollowedLog log) => new(
        log.Holder, log.Address, log.AwaySince is { } since ? clock.GetElapsedTime(since) : null,
        log.Archive.HeldBytes, log.AskedFrom?.Version);

    private void LetGo(FollowedLog log)
    {
        _logs.Remove(log);
        log.Archive.Dispose();
    }
}
