using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Measures how fast this engine is on this machine.</summary>
internal sealed class BenchCommand
{
    private const long DefaultEntries = 1_000_000;
    private const int DefaultValueBytes = 100;
    private const int KeyBytes = 16;
    private const int Seed = 1;

    private static readonly string[] DefaultWorkloads =
        ["fillseq", "fillrandom", "overwrite", "readrandom", "readseq", "seekrandom"];

    private readonly Option<string[]> _workloads = new("--workload")
    {
        Description = $"What to measure, in this order. Default: {string.Join(" ", DefaultWorkloads)}.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<long?> _entries = Choice.Number(
        "--entries", $"Entries of the database. Default: {DefaultEntries}.", min: 2);

    private readonly Option<long?> _valueBytes = Choice.Number(
        "--value-size", $"Bytes of each value. Default: {DefaultValueBytes}.", min: 0, max: 100_000);

    private readonly Option<long?> _threads = Choice.Number("--threads", "Threads. Default: 1.", min: 1, max: 1024);

    private readonly Option<Durability?> _durability = Choice.Of<Durability>(
        "--durability", "What writes survive: process (kill -9, the default), sync, none.");

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Where the database of the benchmark is made and kept. Left out: a temporary folder.",
        HelpName = "FOLDER",
    };

    private BenchCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var bench = new BenchCommand();
        var workloads = string.Join('\n', BenchWorkload.All.Select(each => $"  {each.Name,-18}{each.Summary}"));
        var command = new DocumentedCommand(
            "bench",
            "Measures how fast the engine is on this machine.",
            $"Keys have {KeyBytes} bytes. Workloads that read fill the database first if none did "
                + $"before. Those of transactions count how often two met and one was run again.\n\n{workloads}",
        [
            "ferrisdb bench",
            "ferrisdb bench --workload fillseq readrandom ycsba --entries 5000000 --value-size 1000 --threads 2",
            "ferrisdb bench --workload fillsync --threads 8 --json",
            "ferrisdb bench --workload tx-rmw tx-10 tx-read tx-bank --threads 2",
        ])
        {
            bench._workloads, bench._entries, bench._valueBytes, bench._threads, bench._durability, bench._data,
        };
        command.SetAction(arguments => bench.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var named = arguments.GetValue(_workloads);
        var workloads = (named is { Length: > 0 } ? named : DefaultWorkloads).Select(BenchWorkload.Of).ToList();
        var settings = new BenchSettings
        {
            Entries = arguments.GetValue(_entries) ?? DefaultEntries,
            ValueBytes = (int)(arguments.GetValue(_valueBytes) ?? DefaultValueBytes),
            Threads = (int)(arguments.GetValue(_threads) ?? 1),
            Durability = arguments.GetValue(_durability) ?? Durability.Process,
            Seed = Seed,
        };
        var data = arguments.GetValue(_data);
        var folder =
            new DirectoryInfo(data ?? Path.Combine(Path.GetTempPath(), $"ferrisdb-bench-{Environment.ProcessId}"));
        if (folder.Exists && folder.EnumerateFileSystemInfos().Any())
            throw new UsageException($"{folder} is not empty; a benchmark makes a database of its own.");
        try
        {
            var rows = Measure(folder.FullName, settings, workloads, console);
            Report(settings, rows, console, GlobalOptions.IsJson(arguments));
        }
        finally
        {
            folder.Refresh();
            if (data is null && folder.Exists)
                folder.Delete(recursive: true);
        }
        return ExitCode.Ok;
    }

    private static List<BenchJson.Row> Measure(
        string folder, BenchSettings settings, List<BenchWorkload> workloads, CliConsole console)
    {
        using var store = new BenchStore(folder, settings.Durability);
        var run = new BenchRun(store, settings, console);
        var rows = new List<BenchJson.Row>();
        var isFilled = false;
        foreach (var workload in workloads)
        {
            if (workload.NeedsData && !isFilled)
                run.Run(BenchWorkload.Of("fillseq"));
            isFilled |= workload.NeedsData || workload.Name is "fillseq" or "fillrandom";
            rows.Add(run.Run(workload));
        }
        return rows;
    }

    private static void Report(BenchSettings settings, List<BenchJson.Row> rows, CliConsole console, bool isJson)
    {
        var durability = settings.Durability.ToString().ToLowerInvariant();
        if (isJson)
        {
            var result = new BenchJson(
                settings.Entries, KeyBytes, settings.ValueBytes, settings.Threads, durability,
                Environment.ProcessorCount, rows);
            VerbContext.WriteJson(console, result, CliJson.Relaxed.BenchJson);
            return;
        }
        console.Out.WriteLine(
            $"{Amounts.Count(settings.Entries)} entries of {KeyBytes} + {settings.ValueBytes} bytes, "
            + $"{Amounts.Count(settings.Threads, "thread")}, durability {durability}");
        var table =
            new TextTable("", "operations", "seconds", "operations/s", "conflicts", "p50 µs", "p99 µs", "p99.9 µs");
        foreach (var row in rows)
        {
            table.Add(
                row.Workload, Amounts.Count(row.Operations), Text(row.Seconds),
                Amounts.Count((long)row.OperationsPerSecond),
                row.Conflicts is { } conflicts ? Amounts.Count(conflicts) : "",
                Text(row.P50Microseconds), Text(row.P99Microseconds), Text(row.P999Microseconds));
        }
        table.WriteTo(console.Out);
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
