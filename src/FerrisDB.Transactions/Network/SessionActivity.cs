namespace FerrisDB.Transactions;

/// <summary>What one connection asks: counted here, and told to all once for each burst of requests.</summary>
/// <remarks>For the thread that receives, but for what says that any may call it.</remarks>
internal sealed class SessionActivity(RoleActivity all)
{
    // One request in so many counts for the hot keys: a prime, so that no habit of a client falls into step with it.
    private const int SampleStep = 61;

    // And the first one after so long without: where little is asked, each counts. A thousand clients with one request
    // at a time each must not meet at the lock of the sample with every one.
    private const int SamplesPerSecondMin = 100;

    // Of a transaction that writes a million keys a few tell enough.
    private const int KeysOfCommitMax = 16;

    private readonly long _samplePause = all.Clock.TimestampFrequency / SamplesPerSecondMin;

    private RoleCounts _burst;
    private long _burstBegan;
    private int _untilSample;
    private long _sampledAt;

    // When a read version was given out last. Written and read by any thread.
    private long _versionAskedAt;

    /// <summary>When the requests arrived that are being looked at.</summary>
    public long BurstBegan => _burstBegan;

    /// <summary>A request has arrived.</summary>
    public void Begin()
    {
        if (_burstBegan != 0)
            return;
        _burstBegan = all.Clock.GetTimestamp();
        if (_burstBegan - _sampledAt >= _samplePause)
            _untilSample = 0;
    }

    /// <summary>A read version is answered at once, for so many transactions.</summary>
    public void CountReadVersions(int count)
    {
        _burst.ReadVersions += count;
        Volatile.Write(ref _versionAskedAt, _burstBegan);
    }

    public void CountGet(ReadOnlySpan<byte> payload)
    {
        _burst.Gets++;
        if (IsSampled() && payload.Length >= sizeof(long))
            all.HotReads.Add(payload[sizeof(long)..]);
    }

    public void CountRange(ReadOnlySpan<byte> payload)
    {
        _burst.Ranges++;
        if (!IsSampled())
            return;
        StorageMessage.ReadGetRange(payload, out var begin, out _);
        all.HotReads.Add(begin);
    }

    public void CountError() => _burst.Errors++;

    public void CountCommit(CommitTransaction transaction)
    {
        _burst.CommitsBegun++;
        if (all.Slow is not null)
            transaction.Clock = all.Clock;
        if (!IsSampled())
            return;
        var mutations = transaction.Mutations;
        for (var index = 0; index < Math.Min(mutations.Count, KeysOfCommitMax); index++)
            all.HotWrites.Add(mutations[index].Key);
    }

    /// <summary>All that arrived together has been looked at.</summary>
    /// <param name="rows">Rows that were answered.</param>
    /// <param name="bytes">Bytes that were answered.</param>
    /// <param name="lastVersion">The newest version.</param>
    public void End(long rows, int bytes, long lastVersion)
    {
        if (_burstBegan == 0)
            return;
        var elapsed = all.Clock.GetElapsedTime(_burstBegan);
        if (_burst.ReadVersions > 0)
            all.ReadVersions.Record(elapsed, _burst.ReadVersions);
        if (_burst.Reads > 0)
        {
            _burst.Rows = rows;
            _burst.BytesRead = bytes;
            all.Reads.Record(elapsed, _burst.Reads);
        }
        all.Slow?.Note(lastVersion);
        _burstBegan = 0;
        all.Add(_burst);
        _burst = default;
    }

    /// <summary>By any thread: a read version is answered that had to wait.</summary>
    public void CountLateReadVersion(long arrivedAt, int count)
    {
        all.Add(new RoleCounts { ReadVersions = count });
        all.ReadVersions.Record(all.Clock.GetElapsedTime(arrivedAt), count);
        Volatile.Write(ref _versionAskedAt, all.Clock.GetTimestamp());
    }

    /// <summary>By any thread: what had to wait is refused.</summary>
    public void CountLateError() => all.Add(new RoleCounts { Errors = 1 });

    /// <summary>By any thread: a commit has ended, or failed.</summary>
    public void EndCommit(CommitTransaction transaction, int bytes, long arrivedAt, bool hasFailed)
    {
        var counts = default(RoleCounts);
        if (hasFailed || transaction.Verdict == Verdict.Locked)
            counts.Failed = 1;
        else if (transaction.Verdict == Verdict.Conflict)
            counts.Conflicted = 1;
        else if (transaction.Verdict == Verdict.TooOld)
            counts.TooOld = 1;
        else
            counts = new RoleCounts { Committed = 1, Mutations = transaction.Mutations.Count, BytesWritten = bytes };
        all.Add(counts);
        all.Commits.Record(all.Clock.GetElapsedTime(arrivedAt));
        all.Slow?.Look(transaction, bytes, arrivedAt, Volatile.Read(ref _versionAskedAt), hasFailed);
    }

    private bool IsSampled()
    {
        if (--_untilSample > 0)
            return false;
        _untilSample = SampleStep;
        _sampledAt = _burstBegan;
        return true;
    }
}
