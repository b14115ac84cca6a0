namespace FerrisDB.Transactions;

// Each request takes its share of a second from the time that passes. Who is ahead of the clock by a tenth of a second
// must wait: so after a pause some may come at once, and over any second hardly more than the limit do.

/// <summary>How much the connections of one holder have under way, against their limits.</summary>
/// <remarks>Thread-safe. Outlives the connections.</remarks>
internal sealed class AccessUsage(TimeProvider clock)
{
    private const int BucketsPerSecond = 10;

    private readonly Lock _gate = new();

    // Under the gate.
    private AccessLimits _limits = AccessLimits.None;
    private long _dueAt;
    private long _commitBytes;
    private int _connections;

    /// <summary>The limits, which may change at any time.</summary>
    public AccessLimits Limits
    {
        get
        {
            lock (_gate)
                return _limits;
        }
        set
        {
            lock (_gate)
                _limits = value;
        }
    }

    /// <summary>Counts a connection. False if there are too many.</summary>
    public bool TryConnect()
    {
        lock (_gate)
        {
            if (_limits.ConnectionsMax > 0 && _connections >= _limits.ConnectionsMax)
                return false;
            _connections++;
            return true;
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Disconnect()
    {
        lock (_gate)
            _connections--;
    }

    /// <summary>Counts a request. False if it is not its time yet.</summary>
    public bool TryRequest()
    {
        lock (_gate)
        {
            if (_limits.RequestsPerSecond == 0)
                return true;
            var now = clock.GetTimestamp();
            if (_dueAt - now > Bucket)
                return false;
            _dueAt = Math.Max(_dueAt, now) + (clock.TimestampFrequency / _limits.RequestsPerSecond);
            return true;
        }
    }

    /// <summary>Completes when it is time for a request again; at once if there is no limit.</summary>
    public Task WhenRequestAsync()
    {
        lock (_gate)
        {
            var early = _limits.RequestsPerSecond == 0 ? 0 : _dueAt - clock.GetTimestamp() - Bucket;
            return early <= 0
                ? Task.CompletedTask
                : Task.Delay(TimeSpan.FromSeconds((double)early / clock.TimestampFrequency), clock);
        }
    }

    /// <summary>Counts a commit until <see cref="EndCommit"/>.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.CommitProxyMemoryLimitExceeded"/>: too much is under way.
    /// </exception>
    public void BeginCommit(int bytes)
    {
        lock (_gate)
        {
            // One that is larger than all that is allowed is let through alone.
            if (_limits.CommitBytesMax > 0 && _commitBytes > 0 && _commitBytes + bytes > _limits.CommitBytesMax)
                throw new FerrisException(
                    ErrorCode.CommitProxyMemoryLimitExceeded,
                    $"Commits of {_commitBytes} bytes are under way with this token, and {_limits.CommitBytesMax} are "
                        + "allowed. Nothing was written: run the transaction again.");
            _commitBytes += bytes;
        }
    }

    public void EndCommit(int bytes)
    {
        lock (_gate)
            _commitBytes -= bytes;
    }

    // Under the gate: at least one request fits in.
    private long Bucket => clock.TimestampFrequency / BucketsPerSecond;
}
