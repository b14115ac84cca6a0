using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>Answers what operators ask of a server, and does what they tell it to.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServerAdmin(ServedCluster served, ILogger log) : IAdmin
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody has told the server to end.</summary>
    public Task StopOrdered => _stop.Task;

    public ServerStatus Status => StatusReader.Of(served);

    /// <summary>True if it takes reads and writes.</summary>
    public bool IsReady => !served.IsStopping && served.Engine.WriteFailure is null
        && served.Roles.Roles.WriteRefusal is null;

    /// <summary>Says in each status from now on what did not work when the server began.</summary>
    public void Notice(string name, string text) =>
        served.Notices = [.. served.Notices, new(name, StatusMessages.Warning, text)];

    public byte[] Report(ReportKind kind) => kind switch
    {
        ReportKind.Status => JsonSerializer.SerializeToUtf8Bytes(Status, ServerJson.Compact.ServerStatus),
        // Who waits for a server that was told to end to be there again must not be told that it is.
        ReportKind.FoundationStatus when served.IsStopping => throw new FerrisException(
            ErrorCode.UnsupportedOperation, "The server is stopping: the next one tells how the database is."),
        ReportKind.FoundationStatus => FoundationReport(),
        ReportKind.HotKeys => JsonSerializer.SerializeToUtf8Bytes(
            HotKeyReport.Of(served.Roles.Activity, served.Pulse.Rates), ServerJson.Compact.HotKeyReport),
        _ => throw new FerrisException(ErrorCode.UnsupportedOperation, $"There is no report {(int)kind}."),
    };

    public string Order(AdminOrder order, string argument)
    {
        switch (order)
        {
            case AdminOrder.Stop:
                return Stop(argument);
            case AdminOrder.SetLogLevel:
                return SetLogLevel(argument);
            case AdminOrder.Throttle:
                return ThrottleOrder.Parse(argument).Obey(served, log);
            default:
                throw new FerrisException(ErrorCode.UnsupportedOperation, $"There is no order {(int)order}.");
        }
    }

    private string Stop(string address)
    {
        if (address.Length > 0 && address != served.Address)
            throw new FerrisException(
                ErrorCode.InvalidOptionValue, $"This is {served.Address}; {address} is another process, or none.");
        served.IsStopping = true;
        ServerEvents.StopOrdered(log);
        _stop.TrySetResult();
        return served.Address;
    }

    private string SetLogLevel(string name)
    {
        var level = served.Options.LogLevel;
        var before = level.Name;
        if (!level.TrySet(name))
            throw new FerrisException(
                ErrorCode.InvalidOptionValue,
                $"There is no log level '{name}': it is one of {string.Join(", ", LogLevelSwitch.Names)}.");
        ServerEvents.LevelChanged(log, before, level.Name);
        return before;
    }

    // What FoundationDB calls it when nothing limits.
    private static string ReasonOf(RateLimitReason limit, WriteStallReason stall) =>
        limit != RateLimitReason.None ? limit.ToString()
        : stall != WriteStallReason.None ? stall.ToString()
        : "workload";

    private byte[] FoundationReport()
    {
        var disk = DiskSpace.Of(served.Engine.Folder);
        var activity = served.Roles.Activity;
        var statistics = served.Engine.GetStatistics();
        var limit = served.Roles.RatekeeperStatus;
        var facts = new ClusterFacts
        {
            Address = served.Address,
            ConnectionString = served.ConnectionString,
            Folder = served.Engine.Folder,
            Generation = served.Roles.Roles.Generation,
            Statistics = statistics,
            WriteFailure = served.Engine.WriteFailure?.Message,
            Counts = activity.Counts,
            Rates = served.Pulse.Rates,
            ReadVersions = activity.ReadVersions.Summarize(),
            Reads = activity.Reads.Summarize(),
            Commits = activity.Commits.Summarize(),
            Clients = served.Connections.Count,
            Watches = served.Roles.Roles.Storage.Watches.Count,
            LockHolder = served.Roles.Roles.Lock.Holder,
            DiskFreeBytes = disk.FreeBytes,
            DiskTotalBytes = disk.TotalBytes,
            Uptime = served.Uptime,
            CpuCores = served.Pulse.CpuCores,
            ResidentBytes = Environment.WorkingSet,
            UnixTimeSeconds = served.Options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
            ReadVersionsPerSecondMax =
                double.IsFinite(limit.StartsPerSecondMax) ? limit.StartsPerSecondMax : null,
            LimitReason = ReasonOf(limit.Reason, statistics.WriteStall.Reason),
        };
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FoundationStatus.Write(json, facts);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
