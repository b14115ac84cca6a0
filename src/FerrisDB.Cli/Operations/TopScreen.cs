using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FerrisDB.Cli;

/// <summary>A server at a glance on a terminal: what it does now, and what it did in the last minute.</summary>
internal sealed class TopScreen
{
    private const int SamplesKept = 60;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    private readonly List<TopSample> _samples = [];

    /// <summary>Adds a look at the server.</summary>
    public void Add(TopSample sample)
    {
        _samples.Add(sample);
        if (_samples.Count > SamplesKept)
            _samples.RemoveAt(0);
    }

    /// <summary>Draws it.</summary>
    public IRenderable Draw()
    {
        var last = _samples[^1];
        var now = last.Now;
        var load = new Table { Border = TableBorder.None };
        load.AddColumns("", "now", "p99", "last minute");
        load.Columns[1].RightAligned();
        load.Columns[2].RightAligned();
        AddRow(load, "read versions", last.ReadVersions, now.Latencies?.ReadVersion, each => each.ReadVersions);
        AddRow(load, "reads", last.Reads, now.Latencies?.Read, each => each.Reads);
        AddRow(load, "rows", last.Rows, null, each => each.Rows);
        AddRow(load, "commits", last.Commits, now.Latencies?.Commit, each => each.Commits);
        AddRow(load, "conflicts", last.Conflicts, null, each => each.Conflicts);
        var rest = new Grid().AddColumn().AddColumn();
        foreach (var (label, text) in Facts(last))
            rest.AddRow(new Text(label), new Text(text));
        var colour = now.Health == Server.ServerStatus.Healthy ? Color.Green : Color.Red;
        return new Rows(
            new Text($"{now.Cluster} at {now.Server!.Address}, up "
                + Amounts.Time(TimeSpan.FromSeconds(now.Server.UptimeSeconds))),
            new Text(now.Summary, new Style(colour)), Text.Empty, load, Text.Empty, rest);
    }

    /// <summary>Values as bars next to each other, the highest as a full one.</summary>
    internal static string Spark(IEnumerable<double> values)
    {
        var all = values.ToList();
        var highest = all.Count == 0 ? 0 : all.Max();
        return string.Concat(all.Select(value =>
            Bars[highest <= 0 ? 0 : (int)Math.Ceiling(Math.Clamp(value / highest, 0, 1) * (Bars.Length - 1))]));
    }

    private static IEnumerable<(string Label, string Text)> Facts(TopSample last)
    {
        var now = last.Now;
        yield return ("bytes", $"{Amounts.Bytes(last.ReadBytes)}/s read, {Amounts.Bytes(last.WrittenBytes)}/s written");
        if (now.Clients is { } clients)
            yield return ("clients", $"{Amounts.Count(clients.Connections)}, "
                + $"{Amounts.Count(clients.Watches, "watch", "watches")}; "
                + $"{Amounts.Count(now.Roles?.CommitProxy.Waiting ?? 0)} commits wait");
        if (now.Storage is { } storage)
        {
            yield return ("storage", $"{Amounts.Bytes(storage.TableBytes + storage.BlobBytes)} in tables, "
                + $"{Amounts.Bytes(storage.MemTableBytes)} of MemTables, "
                + $"{storage.CacheHitRate.ToString("0 %", CultureInfo.InvariantCulture)} found in the cache");
            yield return ("compaction", $"{Amounts.Count(storage.RunningCompactions)} running, "
                + $"{Amounts.Bytes(storage.CompactionDebtBytes)} to do; stall: {storage.WriteStall.Reason}");
        }
        if (now.Disk is { } disk)
            yield return ("disk", $"{Amounts.Bytes(disk.UsedBytes)} used, {Amounts.Bytes(disk.FreeBytes)} free");
        if (now.Process is { } process)
            yield return ("process", $"{process.CpuCores.ToString("0.00", CultureInfo.InvariantCulture)} cores, "
                + $"{Amounts.Bytes(process.ResidentBytes)} resident");
    }

    private void AddRow(
        Table table, string name, double rate, Server.ServerStatus.LatencyRow? latency,
        Func<TopSample, double> value) =>
        table.AddRow(
            new Text(name), new Text(StatusText.Rate(rate)),
            new Text(latency is { Count: > 0 } ? StatusText.Milliseconds(latency.P99Ms) : ""),
            new Text(Spark(_samples.Select(value))));
}
