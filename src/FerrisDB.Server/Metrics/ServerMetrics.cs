using System.Diagnostics.Metrics;

namespace FerrisDB.Server;

/// <summary>Publishes a server's numbers as the meter "FerrisDB.Server".</summary>
/// <remarks>
/// Every measurement carries the tag <c>ferrisdb.cluster</c>. They are read when somebody collects them, and cost
/// nothing before.
/// </remarks>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "FerrisDB.Server";

    private const string Prefix = "ferrisdb.server.";
    private const string Bytes = "By";
    private const string Seconds = "s";
    private const string OutcomeTag = "ferrisdb.outcome";
    private const string OperationTag = "ferrisdb.operation";
    private const string QuantileTag = "quantile";

    private readonly Meter _meter = new(MeterName);
    private readonly ServedCluster _served;
    private readonly ServerAdmin _admin;
    private readonly KeyValuePair<string, object?> _cluster;

    public ServerMetrics(ServedCluster served, ServerAdmin admin)
    {
        _served = served;
        _admin = admin;
        _cluster = new KeyValuePair<string, object?>("ferrisdb.cluster", served.Name);
        AddCounters();
        AddGauges();
    }

    private RoleActivity Activity => _served.Roles.Activity;

    public void Dispose() => _meter.Dispose();

    private void AddCounters()
    {
        Counter("read_versions", null, "Read versions that were given out.", counts => counts.ReadVersions);
        Counter("gets", null, "Single keys that were asked for.", counts => counts.Gets);
        Counter("ranges", null, "Ranges that were asked for.", counts => counts.Ranges);
        Counter("rows", null, "Rows that ranges were answered with.", counts => counts.Rows);
        Counter("read", Bytes, "Bytes of values and rows that were answered.", counts => counts.BytesRead);
        Counter("mutations", null, "Mutations of committed transactions.", counts => counts.Mutations);
        Counter("written", Bytes, "Bytes of committed transactions.", counts => counts.BytesWritten);
        Counter("errors", null, "Requests that were refused, commits aside.", counts => counts.Errors);
        _meter.CreateObservableCounter(Prefix + "commits", Outcomes, null, "Commits by what became of them.");
        _meter.CreateObservableCounter(
            Prefix + "slow_transactions", () => Measure(Activity.Slow?.Total ?? 0), null,
            "Transactions that took longer than the threshold.");
    }

    private void AddGauges()
    {
        Gauge("connections", null, "Connections of clients.", () => _served.Connections.Count);
        Gauge("watches", null, "Watches that wait.", () => _served.Roles.Roles.Storage.Watches.Count);
        Gauge("commits.waiting", null, "Commits that wait for their decision or for the disk.", () =>
            Math.Max(Activity.Counts.CommitsWaiting, 0));
        Gauge("starts.waiting", null, "Transactions that the ratekeeper does not let start yet.", () =>
            StartsWaiting(_served.Roles.RatekeeperStatus));
        Gauge("limit.reason", null, "Why: 0 they may, 1 MemTables, 2 commits that wait.", () =>
            (long)_served.Roles.RatekeeperStatus.Reason);
        Gauge("ready", null, "1 if it takes reads and writes.", () => _admin.IsReady ? 1 : 0);
        Gauge("disk.free", Bytes, "Bytes of the disk that may still be written.", () =>
            DiskSpace.Of(_served.Engine.Folder).FreeBytes);
        Gauge("disk.size", Bytes, "Bytes of the disk.", () => DiskSpace.Of(_served.Engine.Folder).TotalBytes);
        Gauge("uptime", Seconds, "Time since it began.", () => (long)_served.Uptime.TotalSeconds);
        _meter.CreateObservableGauge(
            Prefix + "latency", Latencies, Seconds,
            "How long requests took in the server in the last half minute to minute; quantile 1 is the longest.");
    }

    private static long StartsWaiting(in RatekeeperStatus starts) => starts.Waiting + starts.BatchWaiting;

    private IEnumerable<Measurement<long>> Outcomes()
    {
        var counts = Activity.Counts;
        return
        [
            Outcome("committed", counts.Committed), Outcome("conflicted", counts.Conflicted),
            Outcome("too_old", counts.TooOld), Outcome("failed", counts.Failed),
        ];
    }

    private Measurement<long> Outcome(string name, long count) =>
        new(count, _cluster, new KeyValuePair<string, object?>(OutcomeTag, name));

    private IEnumerable<Measurement<double>> Latencies() =>
    [
        .. Quantiles("read_version", Activity.ReadVersions), .. Quantiles("read", Activity.Reads),
        .. Quantiles("commit", Activity.Commits),
    ];

    private IEnumerable<Measurement<double>> Quantiles(string operation, LatencyWindow window)
    {
        var summary = window.Summarize();
        return
        [
            Quantile(operation, "0.5", summary.Median), Quantile(operation, "0.99", summary.P99),
            Quantile(operation, "1", summary.Longest),
        ];
    }

    private Measurement<double> Quantile(string operation, string quantile, TimeSpan time) => new(
        time.TotalSeconds, _cluster, new KeyValuePair<string, object?>(OperationTag, operation),
        new KeyValuePair<string, object?>(QuantileTag, quantile));

    private void Counter(string name, string? unit, string description, Func<RoleCounts, long> value) =>
        _meter.CreateObservableCounter(Prefix + name, () => Measure(value(Activity.Counts)), unit, description);

    private void Gauge(string name, string? unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(Prefix + name, () => Measure(value()), unit, description);

    private Measurement<long> Measure(long value) => new(value, _cluster);
}
