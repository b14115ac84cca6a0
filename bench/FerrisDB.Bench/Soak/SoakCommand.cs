using System.CommandLine;

namespace FerrisDB.Bench;

/// <summary>The subcommand that uses one database for a long time and judges whether anything gets worse.</summary>
internal static class SoakCommand
{
    private static readonly SoakOptions Default = new();

    public static Command New(EngineCatalog catalog)
    {
        var engine = NewOption("--engine", "the engine", Default.Engine);
        var entries = NewOption("--entries", "entries of the database", Default.Entries);
        var valueSize = NewOption("--value-size", "bytes of a value", Default.ValueSize);
        var minutes = NewOption("--minutes", "how long it is used", Default.Minutes);
        var sampleSeconds = NewOption("--sample-seconds", "how often a line is printed", Default.SampleSeconds);
        var threads = NewOption("--threads", "threads that use it", Default.Threads);
        var cacheMb = NewOption("--cache-mb", "memory for blocks or pages", Default.CacheMb);
        var memTableMb = NewOption("--memtable-mb", "memory of one write buffer", Default.MemTableMb);
        var data = NewOption("--data", "folder for the database, on the disk to use", Default.Data);
        var json = NewOption<FileInfo?>("--json", "write all samples to this file", null);
        var svg = NewOption<FileInfo?>("--svg", "draw the samples into this file", null);
        var command = new Command("soak", "Uses a database for minutes and judges whether anything gets worse.")
        {
            engine, entries, valueSize, minutes, sampleSeconds, threads, cacheMb, memTableMb, data, json, svg,
        };
        command.SetAction(parsed =>
        {
            var options = new SoakOptions
            {
                Engine = parsed.GetValue(engine)!,
                Entries = parsed.GetValue(entries),
                ValueSize = parsed.GetValue(valueSize),
                Minutes = parsed.GetValue(minutes),
                SampleSeconds = parsed.GetValue(sampleSeconds),
                Threads = parsed.GetValue(threads),
                CacheMb = parsed.GetValue(cacheMb),
                MemTableMb = parsed.GetValue(memTableMb),
                Data = parsed.GetValue(data)!,
            };
            return Run(options, catalog, parsed.GetValue(json), parsed.GetValue(svg));
        });
        return command;
    }

    /// <summary>An option with what it is if nobody says.</summary>
    internal static Option<T> NewOption<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int Run(SoakOptions options, EngineCatalog catalog, FileInfo? json, FileInfo? svg)
    {
        try
        {
            var report = new SoakRun(options, catalog[options.Engine], Console.Out).Run();
            Console.Out.Write(report.ToText());
            if (json is not null)
                report.Save(json.FullName);
            if (svg is not null)
                File.WriteAllText(svg.FullName, SoakPlot.Draw(report));
            return report.Broken.Count == 0 ? 0 : 1;
        }
        catch (ArgumentException misuse)
        {
            Console.Error.WriteLine(misuse.Message);
            return 2;
        }
    }
}
