namespace FerrisDB.Transactions;

/// <summary>The roles of a process, as those see them who ask by messages.</summary>
/// <remarks>Thread-safe. A connection is a <see cref="RoleSession"/>.</remarks>
internal sealed class RoleServer(EmbeddedRoles roles, RequestLimits limits, TimeProvider clock)
{
    private static readonly TimeSpan FutureVersionWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FutureVersionStep = TimeSpan.FromMilliseconds(5);

    public EmbeddedRoles Roles => roles;

    public RequestLimits Limits => limits;

    public TimeProvider Clock => clock;

    /// <summary>What is asked of the roles, and how long that takes.</summary>
    public RoleActivity Activity { get; init; } = new(clock);

    /// <summary>Who answers for the process as a whole; null if nobody does.</summary>
    public IAdmin? Admin { get; set; }

    /// <summary>The newest version that readers may see.</summary>
    public long LastVersion => roles.Storage.LastVersion;

    /// <summary>Serves a connection whose answers go out there.</summary>
    public RoleSession Open(FrameOutput output, SessionAccess access) => new(this, output, access);

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
