using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>
/// Shows in seconds that the benchmark works: every workload runs on every engine, every report can be written, and
/// every check finds the bug that it is there for. Its figures mean nothing.
/// </summary>
internal static class TinyRun
{
    private const int SoakSamples = 4;
    private const double SoakSampleSeconds = 0.05;

    private static readonly (ReferenceBug Bug, string[] Workloads)[] BugsToFind =
    [
        (ReferenceBug.LosesPuts, ["fillrandom", "fillbatch", "load", "tx-write10", "tx-10", "tx-bank10", "tx-bank1m"]),
        (ReferenceBug.LosesTransactions, ["tx-rmw", "tx-10@8", "tx-mix", "tx-bank10", "tx-bank1m@8", "tx-write10"]),
        (ReferenceBug.KeepsDeleted, ["deleterandom"]),
        (ReferenceBug.AnswersWithAnotherValue,
            ["readrandom", "readhot", "ycsbc", "snapread", "readwhilewriting-max", "tx-read"]),
        (ReferenceBug.SkipsInScans, ["seekrandom", "revseek", "readseq", "readreverse"]),
        (ReferenceBug.SnapshotsSeeLaterWrites, ["snapread"]),
    ];

    public static int Run(BenchOptions options, EngineCatalog catalog, TextWriter output)
    {
        var report = new BenchRun(options.ToTiny(catalog), catalog, output).Run(_ => { });
        var problems = report.Results
            .Where(result => result.Error is not null || result.LostWrites > 0)
            .Select(result => $"{result.Workload} on {result.Engine}: {result.Error ?? "writes were lost"}")
            .Concat(UnwrittenReports(report))
            .Concat(BugsToFind.SelectMany(pair => pair.Workloads.Where(name => !Finds(options, name, pair.Bug))
                .Select(name => $"{name} did not notice that the engine {pair.Bug}")))
            .ToList();
        if (!CountsLostWrites(options))
            problems.Add("reopen did not notice that all writes were lost");
        problems.AddRange(UnjudgedBugs(options));
        problems.AddRange(SoakProblems(options));
        problems.AddRange(KeptDatabaseProblems(options));
        foreach (var problem in problems)
            output.WriteLine(problem);
        var engines = string.Join(", ", report.Engines.Select(engine => engine.Name));
        output.WriteLine($"benchmark: {report.Results.Count} cells of {engines} ran, {problems.Count} problems");
        return problems.Count == 0 ? 0 : 1;
    }

    private static bool Finds(BenchOptions options, string workload, ReferenceBug bug) =>
        Measure(options, workload, ReferenceEngine.WithBug(bug))
            .Any(result => result.Error?.StartsWith(nameof(WrongDataException), StringComparison.Ordinal) == true);

    // The reference keeps everything in memory until it is closed, so a kill must cost it all.
    private static bool CountsLostWrites(BenchOptions options) =>
        Measure(options, "reopen", ReferenceEngine.Description with { OutlivesKill = true })
            .All(result => result.LostWrites == result.Operations && result.Operations > 0);

    // What is judged must show in the text and say so in the JSON, and nothing may be judged of the correct reference.
    private static IEnumerable<string> UnjudgedBugs(BenchOptions options)
    {
        (ReferenceBug Bug, string Verdict)[] judged =
        [
            (ReferenceBug.None, ""),
            (ReferenceBug.HoldsWritesUp, "above 10 ms"),
            (ReferenceBug.ExceedsItsBudget, "of anonymous memory, above"),
        ];
        foreach (var (bug, verdict) in judged)
        {
            var report = Run(options, "fillrandom", ReferenceEngine.WithBug(bug));
            var failed = TextReport.Write(report).Split('\n')
                .Where(line => line.StartsWith("FAILED", StringComparison.Ordinal)).ToList();
            var json = JsonSerializer.Serialize(report, BenchJson.Readable);
            var isJudged = failed.Count == 1 && failed[0].Contains(verdict, StringComparison.Ordinal)
                && json.Contains(verdict, StringComparison.Ordinal);
            if (bug == ReferenceBug.None ? failed.Count > 0 : !isJudged)
                yield return $"the verdict on an engine with {bug} is: {string.Join("; ", failed)}";
        }
    }

    // What one run keeps the next one uses, unless it wants another content.
    private static IEnumerable<string> KeptDatabaseProblems(BenchOptions options)
    {
        var engine = ReferenceEngine.Description;
        var folder = Path.Combine(options.Data, $"kept-{Environment.ProcessId}");
        var mark = Path.Combine(folder, engine.Name + ".loaded");
        try
        {
            foreach (var (valueSize, isUsedAgain) in new[] { (100, false), (100, true), (50, false) })
            {
                var noted = File.Exists(mark) ? File.GetLastWriteTimeUtc(mark) : default;
                var wanted = options with { KeepLoaded = folder, ValueSize = valueSize };
                foreach (var failed in Measure(wanted, "readrandom", engine).Where(result => result.Error is not null))
                    yield return $"a database that was kept cannot be read: {failed.Error}";
                if (!File.Exists(mark) || (File.GetLastWriteTimeUtc(mark) == noted) != isUsedAgain)
                    yield return $"with values of {valueSize} B a kept database was{(isUsedAgain ? " not" : "")} used";
            }
        }
        finally
        {
            DatabaseFolder.Remove(folder);
        }
    }

    // A soak of half a second is all right, shows a wrong answer, and judges what it has to.
    private static IEnumerable<string> SoakProblems(BenchOptions options)
    {
        foreach (var engine in new[] { FerrisEngine.Description, ReferenceEngine.Description })
        {
            var report = Soak(options, engine);
            if (!SoakPlot.Draw(report).Contains("<polyline", StringComparison.Ordinal))
                yield return $"the plot of a soak on {engine.Name} shows no line";
            if (report.Samples.Count != SoakSamples || report.Samples.Any(sample => sample.OperationsPerSecond <= 0))
                yield return $"the soak on {engine.Name} has not {SoakSamples} samples with operations in them";
        }
        (ReferenceBug Bug, string Verdict)[] judged =
        [
            (ReferenceBug.HoldsWritesUp, "above 10 ms"),
            (ReferenceBug.ExceedsItsBudget, "of anonymous memory, above"),
            (ReferenceBug.WastesSpace, "space amplification"),
        ];
        foreach (var (bug, verdict) in judged)
        {
            var report = Soak(options, ReferenceEngine.WithBug(bug));
            if (!report.Broken.Any(broken => broken.Contains(verdict, StringComparison.Ordinal)))
                yield return $"the soak did not notice that the engine {bug}";
        }
        if (!SoakThrows(options, ReferenceBug.AnswersWithAnotherValue))
            yield return "the soak did not notice that the engine AnswersWithAnotherValue";
        foreach (var (slope, isFall) in new[] { (-0.002, true), (0.0, false) })
        {
            var trend = Trend.Of([.. Enumerable.Range(0, 100).Select(at => 1 + (slope * at) + (at % 2 * 0.02))]);
            if (-trend.Change > Math.Max(0.1, trend.Noise) != isFall)
                yield return $"a slope of {slope} is taken for {trend}";
        }
    }

    private static bool SoakThrows(BenchOptions options, ReferenceBug bug)
    {
        try
        {
            Soak(options, ReferenceEngine.WithBug(bug));
            return false;
        }
        catch (WrongDataException)
        {
            return true;
        }
    }

    private static SoakReport Soak(BenchOptions options, EngineDescription engine)
    {
        var tiny = options.ToTiny(new EngineCatalog([engine]));
        return new SoakRun(
            new SoakOptions
            {
                Engine = engine.Name,
                Entries = tiny.Entries,
                Minutes = SoakSamples * SoakSampleSeconds / 60,
                SampleSeconds = SoakSampleSeconds,
                Threads = 2,
                CacheMb = tiny.CacheMb,
                MemTableMb = tiny.MemTableMb,
                Data = tiny.Data,
            },
            engine,
            TextWriter.Null).Run();
    }

    private static IReadOnlyList<CellResult> Measure(BenchOptions options, string workload, EngineDescription engine) =>
        Run(options, workload, engine).Results;

    private static BenchReport Run(BenchOptions options, string workload, EngineDescription engine)
    {
        var catalog = new EngineCatalog([engine]);
        var tiny = options.ToTiny(catalog) with { Engines = [engine.Name], Workloads = [workload] };
        return new BenchRun(tiny, catalog, TextWriter.Null).Run(_ => { });
    }

    private static IEnumerable<string> UnwrittenReports(BenchReport report)
    {
        var again = JsonSerializer.Deserialize<BenchReport>(
            JsonSerializer.Serialize(report, BenchJson.Readable), BenchJson.Readable)!;
        if (TextReport.Write(again) != TextReport.Write(report))
            yield return "the report is not the same after it was written as JSON and read again";
        if (!MarkdownReport.Write(report).Contains("| fillseq |", StringComparison.Ordinal))
            yield return "the Markdown report has no row fillseq";
        if (!SvgPlot.Draw(report).EndsWith("</g></svg>" + Environment.NewLine, StringComparison.Ordinal))
            yield return "the plot is not a whole SVG document";
        if (!Comparison.Write(report, again).Contains("1.00x", StringComparison.Ordinal))
            yield return "a report compared with itself shows no row";
    }
}
