using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>
/// Measures all cells: per round every workload, per workload every engine, starting with another one each round.
/// </summary>
internal sealed class BenchRun
{
    private readonly BenchOptions _options;
    private readonly EngineCatalog _catalog;
    private readonly TextWriter _progress;
    private readonly IReadOnlyList<EngineDescription> _engines;
    private readonly IReadOnlyList<(string Label, Workload Workload, int Threads)> _workloads;
    private readonly List<CellResult> _results = [];
    private readonly string _folder;
    private readonly LoadedDatabases _loaded;

    public BenchRun(BenchOptions options, EngineCatalog catalog, TextWriter progress)
    {
        if (options.Entries < 1 || options.Rounds < 1 || options.Seconds <= 0)
            throw new ArgumentException("--entries, --rounds and --seconds must be above zero");
        _options = options;
        _catalog = catalog;
        _progress = progress;
        _engines = options.Engines.Count > 0
            ? [.. options.Engines.Select(name => catalog[name])]
            : [.. catalog.All.Where(engine => engine.MeasuredByDefault)];
        var labels = options.Workloads.Count > 0
            ? options.Workloads.SelectMany(WorkloadCatalog.Expand)
            : WorkloadCatalog.CoreSet;
        _workloads = [.. labels.Select(label =>
        {
            var (workload, threads) = WorkloadCatalog.Find(label, options.Threads);
            return (label, workload, threads);
        })];
        _folder = Path.GetFullPath(Path.Combine(options.Data, $"run-{Environment.ProcessId}"));
        _loaded = new LoadedDatabases(options, _folder);
    }

    /// <param name="save">
    /// Called with all results so far after each workload, so that an interrupted run is not lost.
    /// </param>
    public BenchReport Run(Action<BenchReport> save)
    {
        var machine = MachineFacts.Read();
        try
        {
            LoadDatabases();
            for (var round = 1; round <= _options.Rounds; round++)
            {
                foreach (var (_, workload, threads) in _workloads)
                {
                    MeasureEngines(round, workload, threads);
                    save(Report(machine));
                }
            }
        }
        finally
        {
            DatabaseFolder.Remove(_folder);
        }
        return Report(machine);
    }

    private void LoadDatabases()
    {
        if (_workloads.All(entry => entry.Workload.Database == DatabaseNeed.Empty))
            return;
        var (load, _) = WorkloadCatalog.Find("load", 1);
        foreach (var engine in _engines.Where(engine => _workloads.Any(
            entry => entry.Workload.Database != DatabaseNeed.Empty && engine.Runs(entry.Workload))))
        {
            if (_loaded.IsKept(engine))
                continue;
            var cell = NewCell(0, engine, load, 1) with { Phase = CellPhase.Load, Folder = _loaded.FolderOf(engine) };
            var result = RunCell(cell, load);
            Say($"loaded {engine.Name}: {Format(result, load)}");
            if (result.HasFigure)
                _loaded.Keep(engine);
            else
                _results.Add(result with { Workload = "loading" });
        }
    }

    private void MeasureEngines(int round, Workload workload, int threads)
    {
        for (var position = 0; position < _engines.Count; position++)
        {
            var engine = _engines[(position + round - 1) % _engines.Count];
            if (!engine.Runs(workload) || (workload is ReopenWorkload && !engine.OutlivesKill))
                continue;
            var cell = NewCell(round, engine, workload, threads);
            var result = workload is ReopenWorkload ? Reopen(cell, workload) : RunCell(cell, workload);
            DatabaseFolder.Remove(cell.Folder);
            _results.Add(result);
            Say($"round {round} of {_options.Rounds}: {result.Workload} {engine.Name}: {Format(result, workload)}");
        }
    }

    private CellResult Reopen(CellRequest cell, Workload workload)
    {
        var written = CellProcess.Run(cell with { Phase = CellPhase.WriteUntilKilled }, realtime: false);
        return written.HasFigure ? RunCell(cell with { Phase = CellPhase.Reopen }, workload) : written;
    }

    // A tiny run stays in this process but for one workload, which shows that the other way works too.
    private CellResult RunCell(CellRequest cell, Workload workload) =>
        _options.Tiny && workload.Name != "fillseq"
            ? Cell.Run(cell, _catalog)
            : CellProcess.Run(cell, _options.Realtime && workload.Synced);

    private CellRequest NewCell(int round, EngineDescription engine, Workload workload, int threads) => new()
    {
        Engine = engine.Name,
        Workload = workload.Name,
        Phase = CellPhase.Measure,
        Threads = threads,
        Entries = _options.Entries,
        ValueSize = _options.ValueSize,
        KeyStyle = _options.KeyStyle,
        Durability = _options.Durability,
        CacheMb = _options.CacheMb,
        MemTableMb = _options.MemTableMb,
        BlockKb = _options.BlockKb,
        Seconds = _options.Seconds,
        WarmUpSeconds = _options.WarmUpSeconds,
        Seed = (ulong)round,
        Round = round,
        WatchesDisk = !_options.Tiny,
        Folder = Path.Combine(_folder, "work", engine.Name),
        LoadedFolder = _loaded.FolderOf(engine),
    };

    private BenchReport Report(MachineFacts machine) => new()
    {
        Machine = machine,
        Options = _options,
        Engines = [.. _engines.Select(engine => new EngineFacts(engine.Name, engine.Version(), engine.Notes))],
        Results = [.. _results],
    };

    private void Say(string line)
    {
        if (!_options.Tiny)
            _progress.WriteLine(line);
    }

    private static string Format(CellResult result, Workload workload)
    {
        if (result.Error is not null)
            return "FAILED: " + result.Error;
        return result.Unsupported
            ? "not supported"
            : string.Create(CultureInfo.InvariantCulture, $"{result.Figure:#,##0.#} {workload.Unit}");
    }
}
