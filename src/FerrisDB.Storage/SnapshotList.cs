namespace FerrisDB.Storage;

/// <summary>The versions that somebody may still read, so that flush and compaction know what to keep.</summary>
/// <remarks>Thread-safe: one short lock, taken per snapshot and per flush or compaction, never per read.</remarks>
internal sealed class SnapshotList
{
    private readonly Lock _lock = new();

    // Version to number of holders; guarded by the lock.
    private readonly SortedDictionary<long, int> _versions = [];

    /// <summary>Versions from here on are readable whole; below only snapshots are. Guarded by the lock.</summary>
    private long _floor;
    private bool _floorIsManual;

    public SnapshotList(long floor) => _floor = floor;

    /// <summary>The oldest version that may be read without a snapshot.</summary>
    public long Floor
    {
        get
        {
            lock (_lock)
                return _floor;
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _versions.Count;
        }
    }

    /// <summary>Keeps the version that <paramref name="lastVersion"/> returns, read under the lock, readable.</summary>
    public long Add(Func<long> lastVersion)
    {
        lock (_lock)
        {
            var version = lastVersion();
            Add(version);
            return version;
        }
    }

    /// <summary>Keeps a version readable, or returns false if its history is gone.</summary>
    public bool TryAdd(long version)
    {
        lock (_lock)
        {
            if (version < _floor && !_versions.ContainsKey(version))
                return false;
            Add(version);
            return true;
        }
    }

    public void Remove(long version)
    {
        lock (_lock)
        {
            var holders = _versions[version] - 1;
            if (holders == 0)
                _versions.Remove(version);
            else
                _versions[version] = holders;
        }
    }

    /// <summary>From now on the caller says what is kept: everything from <paramref name="version"/> on.</summary>
    public void SetFloor(long version)
    {
        lock (_lock)
        {
            _floorIsManual = true;
            _floor = Math.Max(_floor, version);
        }
    }

    /// <summary>
    /// What a flush or compaction that starts now must keep: the live snapshots below the floor, then the floor itself.
    /// Unless a caller has set one, the floor is the last version, read under the lock: a snapshot taken later is at
    /// least that new.
    /// </summary>
    public long[] TakeBoundaries(Func<long> lastVersion)
    {
        lock (_lock)
        {
            if (!_floorIsManual)
                _floor = Math.Max(_floor, lastVersion());
            return [.. _versions.Keys.Where(version => version < _floor), _floor];
        }
    }

    private void Add(long version) => _versions[version] = _versions.GetValueOrDefault(version) + 1;
}
