using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Lists backups.</summary>
internal static class BackupListCommand
{
    public static Command Create(CliConsole console)
    {
        var place = new BackupPlace();
        var command = new DocumentedCommand(
            "list", "Lists the backups, oldest first.",
            "Every version in the range of a backup can be restored. Exit code 3 if one is damaged.",
            ["ferrisdb backup list /backups/mydb", "ferrisdb backup list /backups/mydb --json"]);
        place.AddTo(command);
        command.SetAction(arguments =>
        {
            var backups = Blocking.Wait(place.Open(arguments).ListAsync());
            if (GlobalOptions.IsJson(arguments))
            {
                VerbContext.WriteJson(
                    console, new BackupListJson([.. backups.Select(BackupJson.Of)]), CliJson.Relaxed.BackupListJson);
            }
            else
            {
                Print(backups, console.Out);
            }
            return backups.Any(backup => backup.Damage is not null) ? ExitCode.Database : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>2026-01-02 03:04:05 UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static void Print(IReadOnlyList<BackupInfo> backups, TextWriter writer)
    {
        foreach (var backup in backups)
        {
            writer.WriteLine(backup.Damage is { } damage
                ? $"{backup.Id}  DAMAGE: {damage}"
                : $"{backup.Id}  {Time(backup.TakenAt)}  {Amounts.Bytes(backup.SizeBytes),10}  "
                    + $"{Amounts.Count(backup.FileCount, "file")}, versions {Amounts.Count(backup.FirstVersion)} to "
                    + $"{Amounts.Count(backup.LastVersion)}");
        }
    }
}
