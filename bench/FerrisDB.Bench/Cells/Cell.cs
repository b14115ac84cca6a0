using HdrHistogram;

namespace FerrisDB.Bench;

/// <summary>Runs one cell in this process.</summary>
internal static class Cell
{
    private const double NanosecondsPerMicrosecond = 1000;
    private const double EnoughTime = 24 * 3600;

    /// <summary>Measures, and turns a failure of the engine into a result that says so.</summary>
    public static CellResult Run(CellRequest cell, EngineCatalog engines)
    {
        var (workload, _) = WorkloadCatalog.Find(cell.Workload, cell.Threads);
        var engine = engines[cell.Engine];
        try
        {
            Directory.CreateDirectory(cell.Folder);
            return cell.Phase switch
            {
                CellPhase.Load => Load(cell, engine, workload),
                CellPhase.WriteUntilKilled => KilledWriter.Write(cell, engine, workload),
                CellPhase.Reopen => KilledWriter.Reopen(cell, engine, workload),
                _ => Measure(cell, engine, workload),
            };
        }
        catch (Exception failure)
        {
            // The edge of the cell: whatever an engine throws is its result, and the run goes on with the next one.
            return Empty(cell) with { Error = $"{failure.GetType().Name}: {failure.Message}" };
        }
    }

    public static CellResult Empty(CellRequest cell) =>
        new() { Engine = cell.Engine, Workload = cell.Label, Round = cell.Round };

    private static CellResult Load(CellRequest cell, EngineDescription description, Workload load)
    {
        load.Prepare(cell);
        using var engine = description.Open(cell.Folder, cell.ToSettings(load));
        using var worker = new Worker(cell, engine.NewSession(), index: 0);
        var (operations, seconds, _) = Threads.Run(load, [worker], null, EnoughTime, warmingUp: false);
        engine.Settle();
        return Empty(cell) with { Operations = operations, Seconds = seconds, Figure = operations / seconds };
    }

    private static CellResult Measure(CellRequest cell, EngineDescription description, Workload workload)
    {
        workload.Prepare(cell);
        if (workload.Database == DatabaseNeed.LoadedCopy)
            DatabaseFolder.Copy(cell.LoadedFolder, cell.Folder);
        if (workload.Database == DatabaseNeed.Empty)
            WarmUpElsewhere(cell, description, workload);
        if (workload.Database == DatabaseNeed.Loaded)
            DatabaseFolder.Warm(cell.LoadedFolder);

        var folder = workload.Database == DatabaseNeed.Loaded ? cell.LoadedFolder : cell.Folder;
        using var engine = description.Open(folder, cell.ToSettings(workload));
        var workers = NewWorkers(cell, engine);
        using var background = workload.Background is null ? null : new Worker(cell, engine.NewSession(), cell.Threads);
        try
        {
            if (!workers.All(workload.Prepare))
                return Empty(cell) with { Unsupported = true };
            if (workload.Database != DatabaseNeed.Empty && cell.WarmUpSeconds > 0)
                Threads.Run(workload, workers, background, cell.WarmUpSeconds, warmingUp: true);
            return MeasureWarm(cell, engine, workload, workers, background, folder);
        }
        finally
        {
            foreach (var worker in workers)
                worker.Dispose();
        }
    }

    private static Worker[] NewWorkers(CellRequest cell, IBenchedEngine engine) =>
        [.. Enumerable.Range(0, cell.Threads).Select(index => new Worker(cell, engine.NewSession(), index))];

    // A fill must find an empty database, so its code is warmed up on another one.
    private static void WarmUpElsewhere(CellRequest cell, EngineDescription description, Workload workload)
    {
        if (cell.WarmUpSeconds <= 0)
            return;
        var folder = cell.Folder + "-warmup";
        Directory.CreateDirectory(folder);
        using (var engine = description.Open(folder, cell.ToSettings(workload)))
        {
            var workers = NewWorkers(cell, engine);
            Threads.Run(workload, workers, null, cell.WarmUpSeconds, warmingUp: true);
            foreach (var worker in workers)
                worker.Dispose();
        }
        DatabaseFolder.Remove(folder);
    }

    private static CellResult MeasureWarm(
        CellRequest cell, IBenchedEngine engine, Workload workload, Worker[] workers, Worker? background, string folder)
    {
        using var watcher = new Watcher();
        var usage = ResourceUse.Begin(engine, folder, cell.WatchesDisk);
        var (operations, seconds, backgroundRate) =
            Threads.Run(workload, workers, background, cell.Seconds, warmingUp: false);
        var result = usage.End(Empty(cell), operations);
        watcher.Stop();
        foreach (var worker in workers)
            worker.EndSnapshot();
        result = usage.Settle(result) with
        {
            Operations = operations,
            Seconds = seconds,
            Retries = workers.Sum(worker => worker.Retries),
            Slowdown = (workload as ClearRangeWorkload)?.Slowdown ?? 0,
            ScanMs = (workload as ClearRangeWorkload)?.ScanMs ?? 0,
            BackgroundRate = backgroundRate,
            PeakAnonymousBytes = watcher.PeakAnonymousBytes,
            PeakResidentBytes = ProcessFacts.PeakResidentBytes(),
            IdleGapMs = watcher.LongestGapMs,
            LongestDelayMs = engine.LongestDelay?.TotalMilliseconds ?? 0,
            MemoryBudgetBytes = engine.MemoryBudgetBytes ?? 0,
        };
        result = result with { Broken = Verdict.On(result) };
        foreach (var worker in workers)
            workload.Verify(worker);
        result = WithLatencies(result, workers);
        return result with { Figure = workload.FigureOf(result) };
    }

    private static CellResult WithLatencies(CellResult result, Worker[] workers)
    {
        var latencies = workers[0].Meter.Latencies;
        foreach (var worker in workers.Skip(1))
            latencies.Add(worker.Meter.Latencies);
        if (latencies.TotalCount == 0)
            return result;
        return result with
        {
            P50Us = Percentile(latencies, 50),
            P99Us = Percentile(latencies, 99),
            P999Us = Percentile(latencies, 99.9),
            MaxUs = Percentile(latencies, 100),
        };
    }

    private static double Percentile(LongHistogram latencies, double percentile) =>
        latencies.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond;
}
