using System.Globalization;
using static FerrisDB.Server.ServerStatus;

namespace FerrisDB.Server;

/// <summary>What an operator should know, in words.</summary>
internal static class StatusMessages
{
    public const string Info = "info";
    public const string Warning = "warning";
    public const string Error = "error";

    private const string Stopping = "stopping";

    /// <summary>All that is to be said, the worst first.</summary>
    public static IReadOnlyList<MessageRow> Of(
        StorageEngine engine, StorageStatistics statistics, DiskSpace disk, bool isStopping, RateLimitReason limit,
        IEnumerable<MessageRow> notices)
    {
        List<MessageRow> messages = [.. notices];
        if (engine.WriteFailure is { } failure)
            messages.Add(new("writes_stopped", Error, $"writes have stopped, reads go on: {failure.Message}"));
        if (statistics.Scrub.Damages > 0)
            messages.Add(new(
                "damage_found", Error,
                $"damage was found in files of the database: see `ferrisdb verify` ({statistics.Scrub.Damages})"));
        foreach (var mark in engine.Marks)
            messages.Add(new("mark", Warning, mark));
        if (disk.IsLow)
            messages.Add(new(
                "disk_low", Warning,
                string.Create(CultureInfo.InvariantCulture, $"the disk has {disk.FreeBytes >> 20:N0} MiB left")));
        if (statistics.WriteStall.Reason is var reason and not WriteStallReason.None)
            messages.Add(new("write_stall", Warning, $"writers are held up: {InWords(reason)}"));
        if (limit != RateLimitReason.None)
            messages.Add(new(
                "rate_limited", Warning, $"transactions wait to start, because storage does not follow: {limit}"));
        if (isStopping)
            messages.Add(new(Stopping, Info, "the server is stopping"));
        return messages;
    }

    /// <summary>What a server that has just opened its database should say of that; null if all is well.</summary>
    public static MessageRow? OfOpening(EmbeddedRoles roles) => roles.WriteRefusal is not { } refusal ? null
        : new("commits_refused", Error, refusal.Code == ErrorCode.DiskFull
            ? $"commits are refused until there is room on the disk, reads go on: {refusal.Message}"
            : $"commits are refused until it is started again on a disk that works, reads go on: {refusal.Message}");

    /// <summary>Who has locked the database; null if nobody has.</summary>
    public static MessageRow? OfLock(string? holder) => holder is null
        ? null
        : new("locked", Warning, $"the database is locked by {holder}: see `ferrisdb unlock`");

    /// <summary>How a server is, in a sentence.</summary>
    public static string Summarize(
        IReadOnlyList<MessageRow> messages, bool isWritable, int connections, RoleRates rates)
    {
        var lately = rates.Counts;
        var load = string.Create(
            CultureInfo.InvariantCulture,
            $"{connections:N0} {(connections == 1 ? "client" : "clients")}, "
                + $"{rates.PerSecond(lately.Reads):N0} reads/s, {rates.PerSecond(lately.Committed):N0} commits/s");
        var troubles = messages.Where(message => message.Severity != Info).Select(message => message.Text).ToList();
        if (troubles.Count == 0)
            return $"{(messages.Any(message => message.Name == Stopping) ? Stopping : Healthy)}: {load}";
        return $"{(isWritable ? Degraded : "read-only")}: {string.Join("; ", troubles)} ({load})";
    }

    private static string InWords(WriteStallReason reason) => reason switch
    {
        WriteStallReason.SealedMemTables => "full MemTables wait to be written to the disk",
        WriteStallReason.L0Tables => "tables of L0 wait for compaction",
        _ => "compaction has more to do than it should",
    };
}
