using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Removes old backups.</summary>
internal static class BackupPruneCommand
{
    private const string Notes = """
        Nothing that a kept backup needs is removed. A backup is kept if --keep or --keep-days asks for it; the newest
        one always is. What interrupted backups have left goes too. While a backup cannot be read, nothing is removed:
        see `backup verify`.
        """;

    public static Command Create(CliConsole console)
    {
        var place = new BackupPlace();
        var keep = new Option<int>("--keep")
        {
            Description = "Keep so many of the newest backups.",
            Required = true,
        };
        var keepDays = new Option<int?>("--keep-days") { Description = "Also keep those of so many days." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be removed." };
        var command = new DocumentedCommand(
            "prune", "Removes old backups, and what only they needed.", Notes,
            ["ferrisdb backup prune /backups/mydb --keep 7", "ferrisdb backup prune /backups/mydb --keep 1 --dry-run"]);
        place.AddTo(command);
        command.Add(keep);
        command.Add(keepDays);
        command.Add(dryRun);
        command.SetAction(arguments =>
        {
            var newest = arguments.GetRequiredValue(keep);
            if (newest < 1)
                throw new UsageException("--keep takes a number of backups, at least 1.");
            var retention = new BackupRetention
            {
                Newest = newest,
                Since = arguments.GetValue(keepDays) is { } days ? console.Time.GetUtcNow().AddDays(-days) : null,
                DryRun = arguments.GetValue(dryRun),
            };
            var result = Blocking.Wait(place.Open(arguments).PruneAsync(retention, console.Interrupted));
            if (GlobalOptions.IsJson(arguments))
            {
                VerbContext.WriteJson(
                    console, BackupPruneJson.Of(result, retention.DryRun), CliJson.Relaxed.BackupPruneJson);
            }
            else
            {
                Print(result, retention.DryRun, console.Out);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(PruneResult result, bool isDryRun, TextWriter writer)
    {
        foreach (var backup in result.Removed)
            writer.WriteLine($"{(isDryRun ? "would remove" : "removed")} {backup.Id} of "
                + BackupListCommand.Time(backup.TakenAt));
        writer.WriteLine(
            $"{(isDryRun ? "would remove" : "removed")} {Amounts.Count(result.Removed.Count, "backup")} and "
            + $"{Amounts.Count(result.ObjectsRemoved, "object")} of {Amounts.Bytes(result.BytesRemoved)}; "
            + $"{Amounts.Count(result.Kept.Count, "backup")} kept");
    }
}
