using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>All that a server logs.</summary>
internal static partial class ServerEvents
{
    public const string Category = "FerrisDB.Server";

    [LoggerMessage(1, LogLevel.Information, "serving {Folder} at {Address} as {Cluster}")]
    public static partial void Started(ILogger log, string folder, string address, string cluster);

    [LoggerMessage(2, LogLevel.Information, "stopping: what was asked is answered, nothing new is taken")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(3, LogLevel.Information, "an operator has told the server to stop")]
    public static partial void StopOrdered(ILogger log);

    [LoggerMessage(4, LogLevel.Information, "log level changed from {Before} to {Level}")]
    public static partial void LevelChanged(ILogger log, string before, string level);

    [LoggerMessage(5, LogLevel.Debug, "connection from {Remote}; {Connections} now")]
    public static partial void Connected(ILogger log, string remote, int connections);

    [LoggerMessage(6, LogLevel.Debug, "connection from {Remote} has ended; {Connections} now")]
    public static partial void Disconnected(ILogger log, string remote, int connections);

    [LoggerMessage(7, LogLevel.Warning, "connection from {Remote} refused: {Connections} are the most")]
    public static partial void Refused(ILogger log, string remote, int connections);

    [LoggerMessage(8, LogLevel.Information, "metrics and health at http://{Address}/")]
    public static partial void MetricsServed(ILogger log, string address);

    [LoggerMessage(9, LogLevel.Debug, "connection from {Remote} refused: {Reason}")]
    public static partial void NotLetIn(ILogger log, string remote, string reason);

    [LoggerMessage(10, LogLevel.Information, "{What} have changed and were read again")]
    public static partial void FilesReread(ILogger log, string what);

    [LoggerMessage(11, LogLevel.Warning, "{What} have changed and cannot be used, those of before count: {Error}")]
    public static partial void FilesNotReread(ILogger log, string what, string error);

    [LoggerMessage(12, LogLevel.Error, "connections were not looked after; it is tried again")]
    public static partial void NotLookedAfter(ILogger log, Exception failure);

    [LoggerMessage(
        13, LogLevel.Warning,
        "the log is not kept any more for the follower {Holder} from {Remote}: {Reason}. It will begin a new backup; "
            + "what was written between the two cannot be restored")]
    public static partial void FollowerLetGo(ILogger log, string holder, string remote, string reason);

    [LoggerMessage(14, LogLevel.Information, "throttle of a tag: {Order}")]
    public static partial void Throttled(ILogger log, string order);

    [LoggerMessage(15, LogLevel.Warning, "throttles of before could not be read, no tag is throttled: {Error}")]
    public static partial void ThrottlesNotRead(ILogger log, string error);

    [LoggerMessage(20, LogLevel.Debug, "{What}")]
    public static partial void Worked(ILogger log, string what);

    [LoggerMessage(21, LogLevel.Warning, "writers are held up: {Reason}")]
    public static partial void Stalled(ILogger log, string reason);

    [LoggerMessage(22, LogLevel.Information, "writers are not held up any more")]
    public static partial void StallEnded(ILogger log);

    [LoggerMessage(23, LogLevel.Critical, "writes have stopped for good, reads go on: {Error}")]
    public static partial void WritesStopped(ILogger log, string error);

    [LoggerMessage(24, LogLevel.Error, "{File} is damaged at {Offset}: {Problem}")]
    public static partial void Damaged(ILogger log, string file, long offset, string problem);

    [LoggerMessage(25, LogLevel.Warning, "{File} could not be deleted: {Error}")]
    public static partial void NotDeleted(ILogger log, string file, string error);

    [LoggerMessage(
        40, LogLevel.Warning,
        "slow transaction: {TotalMs} ms = {BeforeCommitMs} before its commit + {WaitingMs} waiting for its turn + "
            + "{FinishingMs} until durable; {Outcome} at {Version}; read {ReadRanges} ({Reads}); "
            + "wrote {WriteRanges} ({Writes}), {Mutations} mutations, {Bytes} bytes; {LeftOut} others not told")]
    public static partial void SlowTransaction(
        ILogger log, double totalMs, double beforeCommitMs, double waitingMs, double finishingMs, string outcome,
        long version, int readRanges, string reads, int writeRanges, string writes, int mutations, int bytes,
        long leftOut);

    /// <summary>Logs a transaction that took long.</summary>
    public static void Tell(ILogger log, SlowTransaction slow, long leftOut) => SlowTransaction(
        log, Ms(slow.Total), Ms(slow.BeforeCommit), Ms(slow.Waiting), Ms(slow.Finishing),
        slow.Verdict?.ToString() ?? "Failed", slow.Version, slow.ReadRanges, slow.FirstReads, slow.WriteRanges,
        slow.FirstWrites, slow.Mutations, slow.Bytes, leftOut);

    /// <summary>Logs what the storage engine did or met.</summary>
    public static void Tell(ILogger log, StorageEvent happened)
    {
        switch (happened)
        {
            case WriteStallChanged { Reason: WriteStallReason.None }:
                StallEnded(log);
                return;
            case WriteStallChanged stall:
                Stalled(log, stall.Reason.ToString());
                return;
            case StorageFailed failed:
                WritesStopped(log, failed.Error);
                return;
            case ScrubFoundDamage damage:
                Damaged(log, damage.File, damage.Offset, damage.Problem);
                return;
            case FileNotDeleted left:
                NotDeleted(log, left.File, left.Error);
                return;
            default:
                if (log.IsEnabled(LogLevel.Debug))
                    Worked(log, happened.ToString()!);
                return;
        }
    }

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
