using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>What a server did between two looks at it.</summary>
/// <param name="Now">How it is.</param>
/// <param name="ReadVersions">Read versions a second.</param>
/// <param name="Reads">Keys and ranges a second.</param>
/// <param name="Rows">Rows of ranges a second.</param>
/// <param name="Commits">Commits a second.</param>
/// <param name="Conflicts">Conflicts a second.</param>
/// <param name="ReadBytes">Bytes read a second.</param>
/// <param name="WrittenBytes">Bytes committed a second.</param>
internal sealed record TopSample(
    ServerStatus Now, double ReadVersions, double Reads, double Rows, double Commits, double Conflicts,
    double ReadBytes, double WrittenBytes)
{
    /// <summary>From two documents; the first one, or one of a server that was started again, is seen alone.</summary>
    public static TopSample Of(ServerStatus? before, ServerStatus now)
    {
        var seconds = now.Server!.UptimeSeconds - (before?.Server?.UptimeSeconds ?? 0);
        if (before?.Roles is null || now.Roles is null || seconds <= 0)
            return Lately(now);
        var (old, roles) = (before.Roles, now.Roles);
        return new TopSample(
            now,
            (roles.GrvProxy.ReadVersions - old.GrvProxy.ReadVersions) / seconds,
            (roles.Storage.Gets + roles.Storage.Ranges - old.Storage.Gets - old.Storage.Ranges) / seconds,
            (roles.Storage.Rows - old.Storage.Rows) / seconds,
            (roles.CommitProxy.Committed - old.CommitProxy.Committed) / seconds,
            (roles.CommitProxy.Conflicted - old.CommitProxy.Conflicted) / seconds,
            (roles.Storage.Bytes - old.Storage.Bytes) / seconds,
            (roles.CommitProxy.Bytes - old.CommitProxy.Bytes) / seconds);
    }

    private static TopSample Lately(ServerStatus now)
    {
        var (storage, proxy) = (now.Roles!.Storage, now.Roles.CommitProxy);
        return new TopSample(
            now, now.Roles.GrvProxy.PerSecond, storage.GetsPerSecond + storage.RangesPerSecond, storage.RowsPerSecond,
            proxy.CommittedPerSecond, proxy.ConflictedPerSecond, storage.BytesPerSecond, proxy.BytesPerSecond);
    }
}
