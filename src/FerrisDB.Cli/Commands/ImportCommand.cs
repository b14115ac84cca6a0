using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Loads records from a file.</summary>
internal sealed class ImportCommand() : Verb("import", "Loads the records of a file.", DatabaseAccess.Create)
{
    private const int DefaultBatch = 1000;

    private readonly Argument<string> _file = new("file") { Description = "The file, or - for standard input." };
    private readonly Option<RecordFormat?> _format = FormatOption.Create();

    private readonly Option<string[]> _key = new("--key")
    {
        Description = "The field that is the key; several are joined with '/'.",
        HelpName = "FIELD",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _value = new("--value")
    {
        Description = "The field whose text alone is the value. Left out: all fields but those of the key, as JSON.",
        HelpName = "FIELD",
    };

    private readonly Option<bool> _whole =
        new("--whole") { Description = "Keep the fields of the key in the value too." };

    private readonly Option<long?> _batch = Choice.Number(
        "--batch", $"Records that are written at once. Default: {DefaultBatch}.", min: 1, max: 1_000_000);

    private readonly Option<bool> _skipBad =
        new("--skip-bad") { Description = "Leave out wrong records, telling their lines." };

    private readonly Option<bool> _noQuotes = new("--no-quotes")
    {
        Description = "Quotes are ordinary characters (csv and tsv): no field holds a separator or the end of a line.",
    };

    private readonly Option<Durability?> _durability = Choice.Of<Durability>(
        "--durability", "What each batch survives once it is written: process (kill -9, the default), sync, none.");

    private readonly Option<bool> _sorted = new("--sorted")
    {
        Description = "The keys ascend: write tables at once, all of which become visible together, or none.",
    };

    public override IReadOnlyList<string> Examples =>
    [
        "users.jsonl --key id",
        "cities.csv --key country city",
        "titles.tsv --key tconst --value primaryTitle --no-quotes",
        "- --format jsonl --key id --skip-bad < users.jsonl",
        "backup.jsonl",
        "backup.jsonl --sorted",
    ];

    public override string Notes => """
        The fields of --key, joined with '/', become the key, and the rest of the record as JSON the value; of duplicate
        keys the last wins and their number is reported. Without --key the file is one that `export` made. Records are
        written in batches, each of which survives a kill of the process; at the end everything is synced to the disk.
        With --sorted, of a file whose keys ascend (as those of `export` do), tables are written past the log, on a
        server too: as one transaction that sets each of the records, of any size. Interrupted, it has done nothing.
        """;

    // Who has a database open learns of tables that come.
    public override bool UsesTransactions(ParseResult arguments) => arguments.GetValue(_sorted);

    public override void Declare(Command command)
    {
        command.Add(_file);
        command.Add(_format);
        command.Add(_key);
        command.Add(_value);
        command.Add(_whole);
        command.Add(_batch);
        command.Add(_skipBad);
        command.Add(_noQuotes);
        command.Add(_durability);
        command.Add(_sorted);
    }

    public override int Run(VerbContext context)
    {
        var file = context.Value(_file)!;
        var format = FormatOption.Resolve(context.Value(_format), file);
        if (file == UserFiles.Standard && context.IsShell)
            throw new UsageException("Standard input is the shell's: import a file.");
        context.Session.CheckMayWrite();
        if (context.Session.Transaction is not null)
            throw new UsageException("An import commits by itself, in many parts: first commit or roll back.");
        if (context.Session.Tenant is not null)
            throw new UsageException("An import is for the database as a whole: tenant default leaves the tenant.");
        using var input = UserFiles.OpenRead(file, context.Console, out var length);
        using var reader = RecordReader.Open(format, input, Fields(context), hasQuotes: !context.Value(_noQuotes));
        if (context.Value(_sorted))
            return RunSorted(context, reader, length);
        var job = new ImportJob(context.Session, reader, context.Console)
        {
            RecordsPerBatch = (int)(context.Value(_batch) ?? DefaultBatch),
            Durability = context.Value(_durability) ?? Durability.Process,
            IsAlone = !context.IsShell && !context.Session.IsRemote,
            SkipsBad = context.Value(_skipBad),
        };
        var start = context.Console.Time.GetTimestamp();
        try
        {
            ProgressMeter.Run<object?>(context.Console, "import", length, meter =>
            {
                job.Run(meter);
                return null;
            });
        }
        catch (MalformedRecordException error)
        {
            throw new UsageException(
                $"{error.Message} The {Amounts.Count(job.Records, "record")} before it "
                    + $"{(job.Records == 1 ? "is" : "are")} "
                + "imported; --skip-bad leaves out what is wrong.");
        }
        Report(
            context, new ImportCounts(job.Records, job.Duplicates, job.DuplicatesAreExact, job.Bad), reader.BytesRead,
            context.Console.Time.GetElapsedTime(start));
        return ExitCode.Ok;
    }

    private int RunSorted(VerbContext context, RecordReader reader, long length)
    {
        var job = new SortedImportJob(context.Session, reader, context.Console)
        {
            SkipsBad = context.Value(_skipBad),
        };
        var start = context.Console.Time.GetTimestamp();
        try
        {
            ProgressMeter.Run<object?>(context.Console, "import", length, meter =>
            {
                Blocking.Wait(job.RunAsync(meter));
                return null;
            });
        }
        catch (MalformedRecordException error)
        {
            throw new UsageException($"{error.Message} Nothing is imported.");
        }
        Report(
            context, new ImportCounts(job.Records, 0, DuplicatesAreExact: true, job.Bad), reader.BytesRead,
            context.Console.Time.GetElapsedTime(start));
        return ExitCode.Ok;
    }

    private RecordFields Fields(VerbContext context)
    {
        var keys = context.Value(_key) ?? [];
        var value = context.Value(_value);
        if (keys.Length > 0)
            return new RecordFields(keys, value, context.Value(_whole), IsExport: false);
        return value is null
            ? RecordFields.OfExport
            : throw new UsageException("--value needs --key: which field is the key?");
    }

    private static void Report(VerbContext context, ImportCounts job, long bytes, TimeSpan elapsed)
    {
        if (context.IsJson)
        {
            context.WriteJson(
                new ImportJson(
                    job.Records, job.Duplicates, job.DuplicatesAreExact, job.Bad, bytes,
                    Math.Round(elapsed.TotalSeconds, 3), context.Session.LastVersion),
                CliJson.Relaxed.ImportJson);
            return;
        }
        context.Out.WriteLine(
            $"imported {Amounts.Count(job.Records, "record")} of {Amounts.Bytes(bytes)} in {Amounts.Time(elapsed)}, "
            + Amounts.Rate(job.Records, elapsed));
        var atLeast = job.DuplicatesAreExact ? "" : "at least ";
        context.Out.WriteLine($"duplicate keys: {atLeast}{Amounts.Count(job.Duplicates)} (the last one wins)");
        if (job.Bad > 0)
            context.Out.WriteLine($"wrong records left out: {Amounts.Count(job.Bad)}");
    }
}
