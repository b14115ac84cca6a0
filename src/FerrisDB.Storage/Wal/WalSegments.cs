namespace FerrisDB.Storage;

/// <summary>The segments that the log consists of, oldest first: who may sync, release or copy which.</summary>
/// <remarks>Thread-safe, by one lock that is never held while something is written or synced.</remarks>
internal sealed class WalSegments(IEnumerable<WalSegmentInfo> recovered, WalSegmentPool pool)
{
    private readonly Lock _gate = new();
    private readonly List<WalSegment> _segments = [.. recovered.Select(info => new WalSegment(info))];
    private readonly List<WalHold> _holds = [];
    private long _releasableVersion;

    /// <summary>The segment that is appended to; null before the first append.</summary>
    public WalSegment? Current { get; private set; }

    /// <summary>The youngest recovered segment, or null.</summary>
    public WalSegment? Last => _segments.Count == 0 ? null : _segments[^1];

    /// <summary>Position at which the oldest segment begins; null if there is none.</summary>
    public long? Start
    {
        get
        {
            lock (_gate)
                return _segments.Count == 0 ? null : _segments[0].Start;
        }
    }

    /// <summary>Goes on in another segment; the one before ends where it begins.</summary>
    public void Begin(WalSegment next, long newestVersion)
    {
        lock (_gate)
        {
            if (Current is not null)
            {
                Current.End = next.Start;
                Current.NewestVersion = newestVersion;
            }
            AssertInvariants();
            Current = next;
            _segments.Add(next);
            ReleaseUnneeded();
        }
    }

    /// <summary>Goes on in the youngest segment, which was closed in good order.</summary>
    public void Resume(WalSegment segment)
    {
        lock (_gate)
        {
            Current = segment;
            _segments[^1] = segment;
        }
    }

    /// <summary>
    /// The oldest segment that holds anything in front of <paramref name="end"/> and behind <paramref name="synced"/>,
    /// and the position up to which all is durable once it is synced; null if none is left that does.
    /// </summary>
    public WalSegment? BeginSync(long synced, long end, out long through)
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
            {
                through = ReferenceEquals(segment, Current) ? end : segment.End;
                if (through <= synced)
                    continue;
#if FERRIS_CHECKED
                if (SeededBugs.Active == SeededBug.WalSyncsTheLastSegmentAlone && !ReferenceEquals(segment, Current))
                    continue;
#endif
                segment.IsSyncing = true;
                return segment;
            }
        }
        through = end;
        return null;
    }

    /// <summary>The segments that have begun and are not confirmed, oldest first.</summary>
    public IReadOnlyList<WalSegment> Unconfirmed()
    {
        lock (_gate)
            return _segments.FindAll(segment => !segment.IsConfirmed);
    }

    /// <summary>A segment is confirmed, and with it all before.</summary>
    public void Confirm(WalSegment newest)
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
                segment.IsConfirmed |= segment.Number <= newest.Number;
            ReleaseUnneeded();
        }
    }

    /// <summary>True if syncs in a segment count: its header is durable, and the manifest knows it.</summary>
    public bool IsConfirmed(WalSegment segment)
    {
        lock (_gate)
            return segment.IsConfirmed;
    }

    public void EndSync(WalSegment segment)
    {
        lock (_gate)
        {
            segment.IsSyncing = false;
            ReleaseUnneeded();
        }
    }

    public void Release(long durableVersion)
    {
        lock (_gate)
        {
            _releasableVersion = Math.Max(_releasableVersion, durableVersion);
            ReleaseUnneeded();
        }
    }

    /// <param name="end">Position up to which the current segment may be copied.</param>
    public WalHold Hold(long end)
    {
        lock (_gate)
        {
            var infos = _segments.Select(segment =>
                ReferenceEquals(segment, Current)
                    ? segment.Info with { End = Math.Max(end, segment.Start) }
                    : segment.Info);
            var hold = new WalHold([.. infos], this);
            _holds.Add(hold);
            return hold;
        }
    }

    /// <summary>Bytes of log from the first segment that a hold keeps up to a position.</summary>
    public long HeldBytes(WalHold hold, long end)
    {
        lock (_gate)
        {
            var first = _segments.Find(segment => segment.Number >= hold.FirstNumber);
            return first is null ? 0 : Math.Max(end - first.Start, 0);
        }
    }

    /// <summary>A hold is not about segments before a number any more; <see cref="WalHold.All"/> ends it.</summary>
    public void Release(WalHold hold, long before)
    {
        lock (_gate)
        {
            hold.FirstNumber = Math.Max(hold.FirstNumber, before);
            if (before == WalHold.All)
                _holds.Remove(hold);
            ReleaseUnneeded();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
                segment.Dispose();
        }
    }

    // The youngest that is confirmed stays, whatever it holds: it says where the log ends, and the manifest asks for
    // it.
    private void ReleaseUnneeded()
    {
        while (_segments.Count > 1 && MayLead(_segments[1]))
        {
            var oldest = _segments[0];
            if (oldest.IsSyncing || _holds.Exists(hold => hold.FirstNumber <= oldest.Number))
                return;
            if (oldest.NewestVersion > _releasableVersion || ReferenceEquals(oldest, Current))
                return;
            _segments.RemoveAt(0);
            oldest.Dispose();
            pool.Retire(oldest);
        }
    }

    private static bool MayLead(WalSegment segment)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalReleasesWhatTheManifestKnows)
            return true;
#endif
        return segment.IsConfirmed;
    }

    [System.Diagnostics.Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        for (var index = 1; index < _segments.Count; index++)
        {
            Invariant.That(_segments[index - 1].Number < _segments[index].Number);
            Invariant.That(_segments[index - 1].End == _segments[index].Start);
            Invariant.That(_segments[index - 1].NewestVersion <= _segments[index].NewestVersion);
        }
    }
}
