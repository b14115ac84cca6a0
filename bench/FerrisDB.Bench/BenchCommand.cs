using System.CommandLine;

namespace FerrisDB.Bench;

/// <summary>The command line of a benchmark program.</summary>
internal sealed class BenchCommand
{
    private static readonly BenchOptions Default = new();

    private readonly Option<long> _entries = New("--entries", "entries of the database", Default.Entries);
    private readonly Option<int> _valueSize = New("--value-size", "bytes of a value", Default.ValueSize);
    private readonly Option<int> _rounds = New("--rounds", "times that every cell is measured", Default.Rounds);
    private readonly Option<double> _seconds = New("--seconds", "the longest a cell is measured", Default.Seconds);
    private readonly Option<double> _warmUp = New("--warm-up", "seconds of untimed load before", Default.WarmUpSeconds);
    private readonly Option<int> _threads = New("--threads", "threads of workloads without @threads", Default.Threads);
    private readonly Option<string> _engines = New("--engines", "comma-separated; all that compare if none", "");
    private readonly Option<string> _workloads = New("--workloads", "comma-separated, as name or name@threads", "");
    private readonly Option<int> _cacheMb = New("--cache-mb", "memory for blocks or pages", Default.CacheMb);
    private readonly Option<int> _memTableMb = New("--memtable-mb", "memory of one write buffer", Default.MemTableMb);
    private readonly Option<int> _blockKb =
        New("--block-kb", "KiB of a data block; 0: what the engine does by itself", Default.BlockKb);
    private readonly Option<KeyStyle> _keyStyle = New("--key-style", "random16 or longprefix", Default.KeyStyle);
    private readonly Option<BenchDurability> _durability =
        New("--durability", "sync, process or none (fillsync always syncs)", Default.Durability);
    private readonly Option<string> _data =
        New("--data", "folder for the databases, on the disk to measure", Default.Data);
    private readonly Option<string> _keepLoaded =
        New("--keep-loaded", "folder of loaded databases, made if missing and kept for later runs", Default.KeepLoaded);
    private readonly Option<bool> _realtime = New("--realtime", "run the fsync rows under chrt --rr", false);
    private readonly Option<bool> _tiny = New("--tiny", "only show that everything runs and is checked", false);
    private readonly Option<FileInfo?> _json = New<FileInfo?>("--json", "write everything measured to this file", null);
    private readonly Option<FileInfo?> _svg = New<FileInfo?>("--svg", "draw the ratios into this file", null);
    private readonly Option<FileInfo?> _markdown = New<FileInfo?>("--markdown", "write the tables to this file", null);
    private readonly Option<FileInfo?> _compare =
        New<FileInfo?>("--compare", "show what changed since this file of --json", null);

    private readonly EngineCatalog _catalog;

    private BenchCommand(EngineCatalog catalog) => _catalog = catalog;

    public static int Run(string[] args, EngineCatalog catalog)
    {
        if (args is [CellProcess.Command, var request])
            return CellProcess.RunChild(request, catalog);
        return new BenchCommand(catalog).Root().Parse(args).Invoke();
    }

    private static Option<T> New<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private RootCommand Root()
    {
        var root = new RootCommand("Measures ordered key-value stores side by side, each cell in a process of its own.")
        {
            _entries, _valueSize, _rounds, _seconds, _warmUp, _threads, _engines, _workloads, _cacheMb, _memTableMb,
            _blockKb, _keyStyle, _durability, _data, _keepLoaded, _realtime, _tiny, _json, _svg, _markdown, _compare,
        };
        var list = new Command("list", "Names the workloads and the engines.");
        list.SetAction(_ => List());
        root.Subcommands.Add(list);
        root.Subcommands.Add(NewReport());
        root.Subcommands.Add(MicroCommand.New());
        root.Subcommands.Add(SoakCommand.New(_catalog));
        root.Subcommands.Add(ServerSoakCommand.New());
        root.SetAction(Measure);
        return root;
    }

    private Command NewReport()
    {
        var files = new Argument<FileInfo[]>("files") { Arity = ArgumentArity.OneOrMore };
        var report = new Command("report", "Puts files of --json together, run after run as further rounds.")
        {
            files, _json, _svg, _markdown,
        };
        report.SetAction(parsed =>
        {
            var reports = parsed.GetValue(files)!.Select(file => BenchReport.Load(file.FullName));
            var merged = BenchReport.Merge([.. reports]);
            Console.Out.Write(TextReport.Write(merged));
            Save(parsed, merged);
        });
        return report;
    }

    private int List()
    {
        foreach (var workload in WorkloadCatalog.All)
            Console.Out.WriteLine($"{workload.Name,-22}{workload.Summary}");
        Console.Out.WriteLine();
        foreach (var engine in _catalog.All)
            Console.Out.WriteLine($"{engine.Name,-22}{engine.Version()} {engine.Notes}");
        return 0;
    }

    private int Measure(ParseResult parsed)
    {
        try
        {
            var options = OptionsOf(parsed);
            if (options.Tiny)
                return TinyRun.Run(options, _catalog, Console.Out);
            var report = new BenchRun(options, _catalog, Console.Error).Run(unfinished => Save(parsed, unfinished));
            Console.Out.Write(TextReport.Write(report));
            if (parsed.GetValue(_compare) is { } old)
                Console.Out.Write(Comparison.Write(BenchReport.Load(old.FullName), report));
            Save(parsed, report);
            return report.Results.Any(result => result.Error is not null || result.Broken.Count > 0) ? 1 : 0;
        }
        catch (ArgumentException misuse)
        {
            Console.Error.WriteLine(misuse.Message);
            return 2;
        }
    }

    private void Save(ParseResult parsed, BenchReport report)
    {
        if (parsed.GetValue(_json) is { } json)
            report.Save(json.FullName);
        if (parsed.GetValue(_svg) is { } svg)
            File.WriteAllText(svg.FullName, SvgPlot.Draw(report));
        if (parsed.GetValue(_markdown) is { } markdown)
            File.WriteAllText(markdown.FullName, MarkdownReport.Write(report));
    }

    private BenchOptions OptionsOf(ParseResult parsed) => new()
    {
        Entries = parsed.GetValue(_entries),
        ValueSize = parsed.GetValue(_valueSize),
        Rounds = parsed.GetValue(_rounds),
        Seconds = parsed.GetValue(_seconds),
        WarmUpSeconds = parsed.GetValue(_warmUp),
        Threads = parsed.GetValue(_threads),
        Engines = Names(parsed.GetValue(_engines)),
        Workloads = Names(parsed.GetValue(_workloads)),
        CacheMb = parsed.GetValue(_cacheMb),
        MemTableMb = parsed.GetValue(_memTableMb),
        BlockKb = parsed.GetValue(_blockKb),
        KeyStyle = parsed.GetValue(_keyStyle),
        Durability = parsed.GetValue(_durability),
        Data = parsed.GetValue(_data)!,
        KeepLoaded = parsed.GetValue(_keepLoaded)!,
        Realtime = parsed.GetValue(_realtime),
        Tiny = parsed.GetValue(_tiny),
    };

    private static string[] Names(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
