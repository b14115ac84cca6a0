using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Checks backups.</summary>
internal static class BackupVerifyCommand
{
    private const string Notes = """
        Compares the hash of everything that a backup needs with the one that was written down. What it cannot know is
        whether the disk will still answer tomorrow: verify now and then, and keep more than one place. Exit code 3 if
        there is damage.
        """;

    public static Command Create(CliConsole console)
    {
        var place = new BackupPlace();
        var backup = IdOption("Verify only this backup.");
        var command = new DocumentedCommand(
            "verify", "Reads every byte of the backups and compares all hashes.", Notes,
            ["ferrisdb backup verify /backups/mydb", "ferrisdb backup verify /backups/mydb --backup 000012"]);
        place.AddTo(command);
        command.Add(backup);
        command.SetAction(arguments =>
        {
            var target = place.Open(arguments);
            var start = console.Time.GetTimestamp();
            var report = ProgressMeter.Run(console, "verify", 0, meter => Blocking.Wait(target.VerifyAsync(
                arguments.GetValue(backup), progress => meter.Report(progress), console.Interrupted)));
            var elapsed = console.Time.GetElapsedTime(start);
            if (GlobalOptions.IsJson(arguments))
            {
                VerbContext.WriteJson(
                    console, BackupVerifyJson.Of(target, report, elapsed), CliJson.Relaxed.BackupVerifyJson);
            }
            else
            {
                Print(target, report, elapsed, console.Out);
            }
            return report.IsSound ? ExitCode.Ok : ExitCode.Database;
        });
        return command;
    }

    /// <summary>--backup ID.</summary>
    public static Option<string?> IdOption(string description) => new("--backup") { Description = description };

    private static void Print(BackupTarget target, BackupVerifyReport report, TimeSpan elapsed, TextWriter writer)
    {
        foreach (var finding in report.Findings)
            writer.WriteLine($"{(finding.IsDamage ? "DAMAGE" : "note")}: {finding}");
        var damages = report.Findings.Count(finding => finding.IsDamage);
        writer.WriteLine(
            $"{target.Location}: {(report.IsSound ? "sound" : Amounts.Count(damages, "damage"))}; "
            + $"{Amounts.Count(report.Backups.Count, "backup")}, {Amounts.Count(report.ObjectsRead, "object")} of "
            + $"{Amounts.Bytes(report.BytesRead)} read in {Amounts.Time(elapsed)}, "
            + $"{Amounts.Bytes(Amounts.PerSecond(report.BytesRead, elapsed))}/s");
    }
}
