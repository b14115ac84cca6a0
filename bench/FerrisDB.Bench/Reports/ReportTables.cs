namespace FerrisDB.Bench;

/// <summary>The tables that every report shows.</summary>
internal static class ReportTables
{
    /// <summary>Median figure, latencies and spread of each engine, and the subject's ratios.</summary>
    public static Table Speed(BenchReport report)
    {
        var engines = report.Engines.Select(engine => engine.Name)
            .Where(name => name != Ratios.RawLoop && report.Results.Any(result => result.Engine == name)).ToArray();
        var subjectRan = engines.Contains(Ratios.Subject);
        string[] ratios = subjectRan ? [$"{Ratios.Subject}/{Ratios.Baseline}", $"{Ratios.Subject}/best peer"] : [];
        if (subjectRan && engines.Contains(Ratios.EngineAlone))
            ratios = [.. ratios, $"{Ratios.Subject}/{Ratios.EngineAlone}"];
        var table = new Table(["workload", .. engines, .. ratios]);
        foreach (var row in Row.Of(report))
        {
            var cells = engines.Select(engine => SpeedCell(row, row[engine]));
            table.Add([row.Label, .. cells, .. RatioCells(row).Take(ratios.Length)]);
        }
        return table;
    }

    /// <summary>What each engine used besides time.</summary>
    public static Table Resources(BenchReport report)
    {
        var table = new Table(
            "workload", "engine", "MB written", "device MB", "disk MB", "log MB", "anon MB", "RSS MB", "alloc B/op",
            "GC 0/1/2", "GC ms", "CPU s", "settle s", "max us", "held up ms", "idle gap ms",
            "beside");
        foreach (var (row, engine, sample) in Samples(report))
        {
            table.Add([
                row.Label,
                engine,
                Figures.Megabytes(sample.Median(r => r.BytesWritten)),
                Figures.Megabytes(sample.Median(r => r.DeviceBytes)),
                Figures.Megabytes(sample.Median(r => r.DiskBytes)),
                Figures.Megabytes(sample.Median(r => r.LogBytes)),
                Figures.Megabytes(sample.Median(r => r.PeakAnonymousBytes)),
                Figures.Megabytes(sample.Median(r => r.PeakResidentBytes)),
                Figures.Number(sample.Median(r => r.AllocatedBytesPerOperation)),
                Figures.Collections(sample),
                Figures.Number(sample.Median(r => r.GcPauseMs)),
                Figures.Number(sample.Median(r => r.CpuSeconds)),
                Figures.Number(sample.Median(r => r.SettleSeconds)),
                Figures.Number(sample.Max(r => r.MaxUs)),
                Figures.Number(sample.Max(r => r.LongestDelayMs)),
                Figures.Number(sample.Max(r => r.IdleGapMs)),
                sample.Median(r => r.BackgroundRate) is > 0 and var rate ? Figures.Rate(rate) : "",
            ]);
        }
        return table;
    }

    /// <summary>What transactions cost besides time, and how often they met.</summary>
    public static Table Transactions(BenchReport report)
    {
        var table = new Table("workload", "engine", "tx/s", "alloc B/tx", "retries/1,000 tx", "commits/fsync");
        foreach (var (row, engine, sample) in Samples(report).Where(cell => cell.Row.CountsTransactions))
        {
            table.Add([
                row.Label,
                engine,
                Figures.Rate(sample.Median(r => r.Figure)),
                Figures.Number(sample.Median(r => r.AllocatedBytesPerOperation)),
                Figures.Number(sample.Median(r => 1000.0 * r.Retries / Math.Max(1, r.Operations))),
                sample.Median(r => r.CommitsPerSync) is > 0 and < 1e4 and var commits ? Figures.Number(commits) : "-",
            ]);
        }
        return table;
    }

    /// <summary>
    /// Where the work of an operation goes, by the engine's own counters: one table for each engine that has some.
    /// </summary>
    public static IEnumerable<Table> Work(BenchReport report)
    {
        foreach (var engine in Samples(report).GroupBy(entry => entry.Engine))
        {
            var figures = engine.SelectMany(entry => entry.Sample.Figures);
            string[] counters = [.. figures.SelectMany(r => r.CountersPerOperation.Keys).Distinct()];
            if (counters.Length == 0)
                continue;
            var table = new Table([$"{engine.Key}, per 1,000 operations", .. counters]);
            foreach (var (row, _, sample) in engine)
                table.Add([row.Label, .. counters.Select(counter => Thousand(sample, counter))]);
            yield return table;
        }

        static string Thousand(Sample sample, string counter) =>
            Figures.Number(1000 * sample.Median(r => r.CountersPerOperation.GetValueOrDefault(counter)));
    }

    /// <summary>What does not fit into a column: the raw loop, lost writes, what failed.</summary>
    public static IEnumerable<string> Remarks(BenchReport report)
    {
        foreach (var row in Row.Of(report).Where(row => row[Ratios.RawLoop] is { HasFigure: true }))
        {
            var reached = report.Engines.Select(engine => engine.Name).Where(Ratios.Competes)
                .Select(engine => $"{engine} {Figures.Ratio(row.RatioOf(engine, Ratios.RawLoop))}");
            var raw = SpeedCell(row, row[Ratios.RawLoop]);
            yield return $"{row.Label}: the raw loop of write and fdatasync makes {raw} with as many threads; "
                + $"{string.Join(", ", reached)} of it";
        }
        foreach (var (row, engine, sample) in Samples(report))
        {
            if (row.Workload is ReopenWorkload)
                yield return $"{row.Label} {engine}: {sample.Max(r => r.LostWrites)} acknowledged writes lost at most";
        }
        foreach (var goal in TransactionGoals.On(report))
            yield return goal;
        foreach (var failed in report.Results.Where(result => result.Error is not null))
            yield return $"FAILED {failed.Workload} {failed.Engine}, round {failed.Round}: {failed.Error}";
        foreach (var result in report.Results)
        {
            foreach (var broken in result.Broken)
                yield return $"FAILED {result.Workload} {result.Engine}, round {result.Round}: {broken}";
        }
    }

    public static string Setting(BenchReport report)
    {
        var (options, machine) = (report.Options, report.Machine);
        return Figures.Invariant($"""
            {options.Entries:#,##0} entries, {options.ValueSize} B values, {options.KeyStyle} keys, {options.Durability}
            durability, {options.Rounds} rounds of at most {options.Seconds} s a cell, {options.CacheMb} MB cache,
            {options.MemTableMb} MB write buffer; {machine.Processor}, {machine.Cores} cores,
            {machine.MemoryMb:#,##0} MB, {machine.System}, {machine.Runtime},
            load before {machine.LoadBefore}, {machine.Started:yyyy-MM-dd}
            """);
    }

    private static IEnumerable<(Row Row, string Engine, Sample Sample)> Samples(BenchReport report) =>
        from row in Row.Of(report)
        from engine in report.Engines
        let sample = row[engine.Name]
        where sample is { HasFigure: true }
        select (row, engine.Name, sample);

    private static string SpeedCell(Row row, Sample? sample)
    {
        if (sample is null || (!sample.HasFigure && !sample.Failed))
            return "-";
        if (sample.Failed)
            return "FAILED";
        var latencies = Figures.Latencies(sample);
        var shown = latencies.Length > 0 ? $" ({latencies})" : "";
        return $"{Figures.Figure(row, sample)}{shown} {Figures.Spread(sample)}";
    }

    private static string[] RatioCells(Row row)
    {
        var best = row.BestPeer(Ratios.Subject);
        var ratio = Figures.Ratio(row.RatioOf(Ratios.Subject, best));
        return
        [
            Figures.Ratio(row.RatioOf(Ratios.Subject, Ratios.Baseline)),
            best is null ? "-" : $"{ratio} {best}",
            Figures.Ratio(row.RatioOf(Ratios.Subject, Ratios.EngineAlone)),
        ];
    }
}
