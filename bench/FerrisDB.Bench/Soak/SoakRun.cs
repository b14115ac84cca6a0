using System.Runtime.ExceptionServices;

namespace FerrisDB.Bench;

/// <summary>
/// Loads a database, uses it for a long time, looks at it every few seconds: does anything get worse with time?
/// </summary>
internal sealed class SoakRun(SoakOptions options, EngineDescription description, TextWriter output)
{
    private const double NanosecondsPerMicrosecond = 1000;

    private const string Header =
        "seconds      ops/s  p50 us  p99.9 us    max us  space  disk MB  log MB  anon MB  held up ms  gap ms";

    private readonly List<SoakSample> _samples = [];

    // The first failure of any thread; written once, read when its windows end early.
    private Exception? _failure;

    /// <exception cref="WrongDataException">The engine gave a wrong answer.</exception>
    public SoakReport Run()
    {
        if (options.Entries < 1 || options.Minutes <= 0 || options.SampleSeconds <= 0)
            throw new ArgumentException("--entries, --minutes and --sample-seconds must be above zero");
        var machine = MachineFacts.Read();
        var folder = Path.GetFullPath(Path.Combine(options.Data, $"soak-{Environment.ProcessId}"));
        var cell = options.ToCell(folder);
        try
        {
            Directory.CreateDirectory(folder);
            var (load, _) = WorkloadCatalog.Find("load", 1);
            Load(cell with { Workload = load.Name, Phase = CellPhase.Load });
            using var engine = description.Open(folder, cell.ToSettings(load));
            Use(engine, cell);
            return new SoakReport
            {
                Machine = machine,
                Options = options,
                MemoryBudgetBytes = engine.MemoryBudgetBytes ?? 0,
                Samples = _samples,
            };
        }
        finally
        {
            DatabaseFolder.Remove(folder);
        }
    }

    private void Load(CellRequest cell)
    {
        var loaded = Cell.Run(cell, new EngineCatalog([description]));
        if (loaded.Error is not null)
            throw new InvalidOperationException(loaded.Error);
        output.WriteLine(Figures.Invariant($"loaded {cell.Entries:#,##0} entries at {Figures.Rate(loaded.Figure)}/s"));
    }

    private void Use(IBenchedEngine engine, CellRequest cell)
    {
        var window = TimeSpan.FromSeconds(Math.Min(options.SampleSeconds, options.Seconds));
        var windowCount = Math.Max(1, (int)(options.Seconds / window.TotalSeconds));
        var zipfian = new Zipfian(options.Entries);
        Worker[] workers =
            [.. Enumerable.Range(0, options.Threads).Select(index => new Worker(cell, engine.NewSession(), index))];
        SoakLoad[] loads = [.. workers.Select(worker => new SoakLoad(worker, zipfian, window))];
        var threads = loads.Select(load => Start(load, windowCount)).ToList();
        output.WriteLine(Header);
        using (var watcher = new Watcher())
        {
            for (var number = 1; number <= windowCount && TryTake(loads, out var taken); number++)
                Add(engine, cell, number * window, taken, window, watcher);
        }
        threads.ForEach(thread => thread.Join());
        foreach (var worker in workers)
            worker.Dispose();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    private Thread Start(SoakLoad load, int windowCount)
    {
        var thread = new Thread(() =>
        {
            try
            {
                load.Run(windowCount);
            }
            catch (Exception failure)
            {
                // The edge of a thread: it is thrown again on the one that waits for it.
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
            load.Windows.CompleteAdding();
        });
        thread.Start();
        return thread;
    }

    private static bool TryTake(SoakLoad[] loads, out SoakWindow taken)
    {
        taken = new SoakWindow();
        foreach (var load in loads)
        {
            if (!load.Windows.TryTake(out var window, Timeout.Infinite))
                return false;
            taken.Add(window);
        }
        return true;
    }

    private void Add(
        IBenchedEngine engine, CellRequest cell, TimeSpan at, SoakWindow window, TimeSpan length, Watcher watcher)
    {
        var (data, log) = DatabaseFolder.Measure(cell.Folder, engine);
        var sample = new SoakSample
        {
            Seconds = at.TotalSeconds,
            OperationsPerSecond = window.Operations / length.TotalSeconds,
            P50Us = Percentile(window, 50),
            P999Us = Percentile(window, 99.9),
            MaxUs = Percentile(window, 100),
            SpaceAmplification = engine.SpaceAmplification ?? 0,
            DiskBytes = data,
            LogBytes = log,
            AnonymousBytes = watcher.PeakAnonymousBytes,
            LongestDelayMs = engine.LongestDelay?.TotalMilliseconds ?? 0,
            IdleGapMs = watcher.LongestGapMs,
        };
        _samples.Add(sample);
        output.WriteLine(Line(sample));
    }

    private static string Line(SoakSample sample)
    {
        var rate = Figures.Rate(sample.OperationsPerSecond);
        var times = Figures.Invariant($"{sample.P50Us,7:0.0} {sample.P999Us,9:#,##0} {sample.MaxUs,9:#,##0}");
        var space = Figures.Invariant($"{sample.SpaceAmplification,6:0.00}");
        var (disk, log) = (Figures.Megabytes(sample.DiskBytes), Figures.Megabytes(sample.LogBytes));
        var anonymous = Figures.Megabytes(sample.AnonymousBytes);
        var delays = Figures.Invariant($"{sample.LongestDelayMs,11:0.0} {sample.IdleGapMs,7:0.0}");
        return Figures.Invariant(
            $"{sample.Seconds,7:0.0} {rate,10} {times} {space} {disk,8} {log,7} {anonymous,8} {delays}");
    }

    private static double Percentile(SoakWindow window, double percentile) =>
        window.Operations == 0 ? 0 : window.Latencies.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond;
}
