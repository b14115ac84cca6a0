using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Writes entries to a file.</summary>
internal sealed class ExportCommand() : Verb("export", "Writes entries to a file.", DatabaseAccess.Read)
{
    private const int ReportEvery = 10_000;

    private readonly Argument<string> _file = new("file") { Description = "The file, or - for standard output." };
    private readonly KeyBounds _bounds = new();
    private readonly Option<RecordFormat?> _format = FormatOption.Create();

    public override IReadOnlyList<string> Examples =>
        ["backup.jsonl", "users.csv --prefix user/", "- --format tsv | gzip > backup.tsv.gz"];

    public override string Notes => """
        Each record has the fields key and value; `import` without --key reads the file back to the same bytes. What is
        no UTF-8 is written as base64 in jsonl (keyBase64, valueBase64) and with \xNN escapes in csv and tsv. All
        entries are of one version, the last one that is committed.
        """;

    public override void Declare(Command command)
    {
        command.Add(_file);
        _bounds.AddTo(command);
        command.Add(_format);
    }

    public override int Run(VerbContext context)
    {
        var file = context.Value(_file)!;
        var format = FormatOption.Resolve(context.Value(_format), file);
        using var entries = _bounds.ReadCommitted(context);
        var start = context.Console.Time.GetTimestamp();
        using var output = UserFiles.OpenWrite(file, context.Console);
        var range = _bounds.Range(context);
        var session = context.Session;
        var records = ProgressMeter.Run(context.Console, "export", session.EstimateSizeBytes(range), meter =>
        {
            using var writer = RecordWriter.Open(format, output);
            return WriteAll(entries, writer, (key, count) =>
                meter.Report(session.EstimateSizeBytes(new KeyRange(range.Begin, key)), count));
        });
        var elapsed = context.Console.Time.GetElapsedTime(start);
        Report(context, file, new ExportJson(
            records, output.Count, Math.Round(elapsed.TotalSeconds, 3), entries.Version));
        return ExitCode.Ok;
    }

    // How far it is, is told by the bytes of the database in front of the key.
    private static long WriteAll(IEntries entries, RecordWriter writer, Action<byte[], long> report)
    {
        var records = 0L;
        while (entries.Next())
        {
            writer.Write(entries.Key, entries.Value);
            if (++records % ReportEvery == 0)
                report(entries.Key.ToArray(), records);
        }
        return records;
    }

    // Where the records themselves go to standard output, what is said of them goes beside it.
    private static void Report(VerbContext context, string file, ExportJson result)
    {
        if (context.IsJson && file != UserFiles.Standard)
        {
            context.WriteJson(result, CliJson.Relaxed.ExportJson);
            return;
        }
        var writer = file == UserFiles.Standard ? context.Console.Error : context.Out;
        var elapsed = TimeSpan.FromSeconds(result.Seconds);
        writer.WriteLine(
            $"exported {Amounts.Count(result.Records, "record")} of {Amounts.Bytes(result.Bytes)} "
            + $"in {Amounts.Time(elapsed)}, {Amounts.Rate(result.Records, elapsed)}");
    }
}
