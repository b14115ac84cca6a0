namespace FerrisDB.Transactions;

// The window of versions in periods, each with an eighth of all keys:
//
//     periods     |  10..17  |  18..25  |  25..31  |  31..36  |  36..
//                     old                                         new
//
// Who read at 33 looks at the last two of them. What nobody may ask about any more goes a whole period at a time: there
// is nothing to sweep. Who read long ago has a hash table to look into in each period: the lines of all are asked for
// before the first is looked at, so that their misses overlap.

/// <summary>Which keys were written by themselves, and when.</summary>
internal sealed class ConflictPoints
{
    private const int PeriodsOfWindow = 8;
    private const int SparesMax = 4;

    private readonly ConflictLimits _limits;
    private readonly List<ConflictPeriod> _periods = [];
    private readonly List<ConflictPeriod> _spares = [];
    private ConflictPeriod _newest;
    private int _olderKeys; // in all periods but the newest

    /// <param name="version">At or before that of the first write.</param>
    /// <param name="limits">Of each period.</param>
    public ConflictPoints(long version, ConflictLimits limits)
    {
        _limits = limits;
        _newest = Open(version);
    }

    /// <summary>The version of the last write.</summary>
    public long NewestVersion => _newest.NewestVersion;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<ConflictPeriod> Periods => _periods;

    /// <summary>How many keys there are; one counts once for each period in which it was written.</summary>
    public int KeyCount => _olderKeys + _newest.KeyCount;

    /// <summary>Notes that a key was written, at a version that is not older than any before.</summary>
    public void Add(ReadOnlySpan<byte> key, long version)
    {
        if (!_newest.HasRoomFor(key.Length))
        {
            _olderKeys += _newest.KeyCount;
            _newest = Open(version);
        }
        _newest.Add(key, HashOf(key), version);
    }

    /// <summary>True if a key was written after a version.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> key, long version)
    {
        if (NewestVersion <= version)
            return false;
        var hash = HashOf(key);
        var first = _periods.Count - 1;
        for (; first > 0 && _periods[first - 1].NewestVersion > version; first--)
            _periods[first - 1].Prefetch(hash);
        for (var index = _periods.Count - 1; index >= first; index--)
        {
            if (_periods[index].IsWrittenAfter(key, hash, version))
                return true;
        }
        return false;
    }

    /// <summary>True if any key of a range that is not empty was written after a version.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version)
    {
        for (var index = _periods.Count - 1; index >= 0 && _periods[index].NewestVersion > version; index--)
        {
            if (_periods[index].IsWrittenAfter(begin, end, version))
                return true;
        }
        return false;
    }

    /// <summary>Lets go of what was written at or before a version, a period at a time.</summary>
    public void Forget(long oldestVersion)
    {
        var gone = 0;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictPeriodGoesTooEarly && _periods.Count > 1)
            oldestVersion = Math.Max(oldestVersion, _periods[0].NewestVersion);
#endif
        while (gone < _periods.Count - 1 && _periods[gone].NewestVersion <= oldestVersion)
        {
            _olderKeys -= _periods[gone].KeyCount;
            _spares.Add(_periods[gone++]);
        }
        if (gone > 0)
            _periods.RemoveRange(0, gone);
        TrimSpares();
    }

    /// <summary>What periods tell keys apart by first.</summary>
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)KeyHash.Of(key);

    private ConflictPeriod Open(long version)
    {
        var capacity = Capacity();
        var period = TakeSpare(capacity) ?? new ConflictPeriod(_limits);
        // A spare one may be somewhat smaller, or those of two sizes would never be used again.
        period.Begin(period.RoomEntries > 0 ? Math.Min(capacity, period.RoomEntries) : capacity, version);
        _periods.Add(period);
        return period;
    }

    private ConflictPeriod? TakeSpare(int capacity)
    {
        for (var index = _spares.Count - 1; index >= 0; index--)
        {
            var spare = _spares[index];
            if (spare.RoomEntries < capacity / 2)
                continue;
            _spares.RemoveAt(index);
            return spare;
        }
        return null;
    }

    // After a busy time memory goes back.
    private void TrimSpares()
    {
        var capacity = Capacity();
        for (var index = _spares.Count - 1; index >= 0; index--)
        {
            var room = _spares[index].RoomEntries;
            if (_spares.Count > SparesMax || room < capacity / 2 || room > 2 * capacity)
                _spares.RemoveAt(index);
        }
    }

    private int Capacity() => Math.Clamp(
        _olderKeys / PeriodsOfWindow, ConflictPeriod.CapacityMin, ConflictPeriod.CapacityMax);
}
