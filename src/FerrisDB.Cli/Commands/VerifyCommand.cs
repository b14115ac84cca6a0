using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Checks a database.</summary>
internal sealed class VerifyCommand
{
    private const string Notes = """
        Compares all checksums, and what manifest, tables and log say of each other. Changes nothing. Every damage is
        named with its file and place; what a crash leaves behind is told, but is no damage. Exit code 3 if there is
        damage.
        """;

    private readonly Argument<string> _database = new("db") { Description = "The folder of the database." };

    private VerifyCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var verify = new VerifyCommand();
        var command = new DocumentedCommand(
            "verify", "Reads every byte of the database and checks every invariant.", Notes,
            ["ferrisdb verify mydb", "ferrisdb verify mydb --json"])
        {
            verify._database,
        };
        command.SetAction(arguments => verify.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var folder = arguments.GetRequiredValue(_database);
        var start = console.Time.GetTimestamp();
        var report = ProgressMeter.Run(console, "verify", BytesIn(folder), meter =>
            StorageEngine.Verify(folder, progress: progress => meter.Report(progress.BytesRead)));
        var elapsed = console.Time.GetElapsedTime(start);
        if (GlobalOptions.IsJson(arguments))
            VerbContext.WriteJson(console, VerifyJson.Of(report, elapsed), CliJson.Relaxed.VerifyJson);
        else
            Print(report, elapsed, console.Out);
        return report.IsSound ? ExitCode.Ok : ExitCode.Database;
    }

    private static void Print(VerifyReport report, TimeSpan elapsed, TextWriter writer)
    {
        foreach (var finding in report.Findings)
            writer.WriteLine($"{(finding.IsDamage ? "DAMAGE" : "note")}: {finding}");
        foreach (var mark in report.Marks)
            writer.WriteLine($"mark: {mark}");
        var damages = report.Findings.Count(finding => finding.IsDamage);
        writer.WriteLine(
            $"{report.Folder}: {(report.IsSound ? "sound" : Amounts.Count(damages, "damage"))}; "
            + $"{Amounts.Count(report.FileCount, "file")} of {Amounts.Bytes(report.BytesRead)} read "
            + $"in {Amounts.Time(elapsed)}");
        var entries = Amounts.Count(report.TableEntries, "entry", "entries");
        writer.WriteLine(
            $"{entries} in tables, {Amounts.Count(report.LogRecords, "commit")} in the log above them, "
            + $"up to version {Amounts.Count(report.LastVersion)}");
        writer.WriteLine($"the log ends: {report.LogEnd}");
        if (!report.IsSound)
            writer.WriteLine(
                $"Restore a checkpoint, or see what can be saved: ferrisdb repair {report.Folder} --plan");
    }

    private static long BytesIn(string folder)
    {
        var info = new DirectoryInfo(folder);
        return info.Exists ? info.EnumerateFiles().Sum(file => file.Length) : 0;
    }
}
