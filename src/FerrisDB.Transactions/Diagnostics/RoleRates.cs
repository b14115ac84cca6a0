namespace FerrisDB.Transactions;

/// <summary>What was counted within some time.</summary>
/// <param name="Counts">The counts of that time alone.</param>
/// <param name="Over">How long it was; zero if nothing is known yet.</param>
internal readonly record struct RoleRates(RoleCounts Counts, TimeSpan Over)
{
    /// <summary>One of the counts as so many a second.</summary>
    public double PerSecond(long count) => Over > TimeSpan.Zero ? count / Over.TotalSeconds : 0;

    /// <summary>What came to be counted between two moments.</summary>
    public static RoleRates Between(in RoleCounts before, in RoleCounts now, TimeSpan over) => new(
        new RoleCounts
        {
            ReadVersions = now.ReadVersions - before.ReadVersions,
            Gets = now.Gets - before.Gets,
            Ranges = now.Ranges - before.Ranges,
            Rows = now.Rows - before.Rows,
            BytesRead = now.BytesRead - before.BytesRead,
            CommitsBegun = now.CommitsBegun - before.CommitsBegun,
            Committed = now.Committed - before.Committed,
            Conflicted = now.Conflicted - before.Conflicted,
            TooOld = now.TooOld - before.TooOld,
            Failed = now.Failed - before.Failed,
            Mutations = now.Mutations - before.Mutations,
            BytesWritten = now.BytesWritten - before.BytesWritten,
            Errors = now.Errors - before.Errors,
        },
        over);
}
