namespace FerrisDB.Transactions;

/// <summary>The roles of a process, as those see them who ask by messages.</summary>
/// <remarks>Thread-safe. A connection is a <see cref="RoleSession"/>.</remarks>
internal sealed class RoleServer(EmbeddedRoles roles, RequestLimits limits, TimeProvider clock)
{
    // A limit so far above what starts holds nobody up.
    private const double LimitMargin = 1.25;

    private static readonly TimeSpan FutureVersionWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FutureVersionStep = TimeSpan.FromMilliseconds(5);

    private readonly Ratekeeper _ratekeeper = new();
    private SmoothRate _commitRate = new(seconds: 1);
    private long _commitsBegun;
    private long _commitsEnded;
    private int _loads;

    public EmbeddedRoles Roles => roles;

    public RequestLimits Limits => limits;

    public TimeProvider Clock => clock;

    /// <summary>The name of the cluster, for who is told of several.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>What is asked of the roles, and how long that takes.</summary>
    public RoleActivity Activity { get; init; } = new(clock);

    /// <summary>Those who keep the log in backups.</summary>
    public FollowedLogs Followers { get; init; } = new(clock, FollowerLimits.Default);

    /// <summary>Who answers for the process as a whole; null if nobody does.</summary>
    public IAdmin? Admin { get; set; }

    /// <summary>Where transactions wait that may not start yet.</summary>
    public StartQueue Starts { get; } = new();

    /// <summary>Tags whose transactions wait before that.</summary>
    public TagThrottles Tags => HotTags.Throttles;

    /// <summary>Throttles them when storage cannot follow because of one.</summary>
    public HotTags HotTags { get; } = new(new TagThrottles());

    /// <summary>Commits that are not answered yet.</summary>
    public long CommitsWaiting => Interlocked.Read(ref _commitsBegun) - Interlocked.Read(ref _commitsEnded);

    /// <summary>How the start of transactions is limited now, and why.</summary>
    public RatekeeperStatus RatekeeperStatus
    {
        get
        {
            var (limits, (waiting, batchWaiting)) = (Starts.Limits, Starts.Waiting);
            return new RatekeeperStatus(
                limits.Default, limits.Batch, limits.Reason, limits.BatchReason, _ratekeeper.StartsPerSecond,
                Starts.Started, waiting, batchWaiting);
        }
    }

    /// <summary>The newest version that readers may see.</summary>
    public long LastVersion => roles.Storage.LastVersion;

    /// <summary>Serves a connection whose answers go out there.</summary>
    public RoleSession Open(FrameOutput output, SessionAccess access) => new(this, output, access);

    /// <summary>Loads of all connections.</summary>
    public int LoadsUnderWay => Volatile.Read(ref _loads);

    /// <summary>Counts a load. False if there are too many.</summary>
    public bool TryBeginLoad()
    {
        if (Interlocked.Increment(ref _loads) <= ProtocolFormat.LoadsOfServerMax)
            return true;
        EndLoad();
        return false;
    }

    public void EndLoad() => Interlocked.Decrement(ref _loads);

    public void CommitBegins() => Interlocked.Increment(ref _commitsBegun);

    public void CommitEnds() => Interlocked.Increment(ref _commitsEnded);

    /// <summary>Looks how storage follows, and says how many transactions may start. By one thread at a time.</summary>
    /// <param name="elapsedSeconds">Since it was done last.</param>
    public void KeepRate(double elapsedSeconds)
    {
        var ended = Interlocked.Read(ref _commitsEnded);
        _commitRate.Update(ended, elapsedSeconds);
        var load = StorageLoad.Of(
            roles.Engine.GetStatistics(), roles.Engine.Options, CommitsWaiting, ended, _commitRate.PerSecond);
        var allowed = _ratekeeper.Update(elapsedSeconds, Starts.Started, load);
        Starts.Limit(allowed);
        HotTags.Update(
            elapsedSeconds, allowed.Default < _ratekeeper.StartsPerSecond * LimitMargin, Activity.Counts.BytesWritten,
            clock.GetTimestamp(), clock.TimestampFrequency);
    }

    // A version may be known from another server, or a moment before it is visible here.
    public async ValueTask WhenCommittedAsync(long version)
    {
        var begun = clock.GetTimestamp();
        while (version > LastVersion)
        {
            if (clock.GetElapsedTime(begun) >= FutureVersionWait)
                throw new FerrisException(
                    ErrorCode.FutureVersion,
                    $"Version {version} is not committed; the newest is {LastVersion}. Run the transaction again.");
            await Task.Delay(FutureVersionStep, clock);
        }
    }
}
