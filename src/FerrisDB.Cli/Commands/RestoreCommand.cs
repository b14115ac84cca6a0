using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Makes a database of a backup.</summary>
internal sealed class RestoreCommand
{
    private const string Notes = """
        Without options the newest backup is restored, all of it. --version takes any version in the range of a backup
        (see `backup list`). --time takes a time such as 2026-01-02T03:04:05Z or 2026-01-02T04:04:05+01:00, UTC if it
        does not say; if no backup covers the time itself, it is the last backup before. The folder must be empty or not
        there yet. An interrupted restore is no database; run it again, and it goes on where it stopped.
        """;

    private readonly BackupPlace _place = new();
    private readonly Argument<string> _database = new("db") { Description = "The folder to restore to." };
    private readonly Option<long?> _version = Choice.Number("--version", "As it was at this version.", min: 0);
    private readonly Option<string?> _time = new("--time") { Description = "As it was at this time." };
    private readonly Option<string?> _backup = BackupVerifyCommand.IdOption("From this backup.");

    private RestoreCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var restore = new RestoreCommand();
        var command = new DocumentedCommand(
            "restore", "Makes a database of a backup, as it was at a version or time.", Notes,
            [
                "ferrisdb restore /backups/mydb newdb", "ferrisdb restore /backups/mydb newdb --version 812345",
                "ferrisdb restore /backups/mydb newdb --time 2026-01-02T03:04:05Z",
            ]);
        restore._place.AddTo(command);
        command.Add(restore._database);
        command.Add(restore._version);
        command.Add(restore._time);
        command.Add(restore._backup);
        command.SetAction(arguments => restore.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var target = _place.Open(arguments);
        var folder = arguments.GetRequiredValue(_database);
        var time = arguments.GetValue(_time) is { } text ? ParseTime(text) : (DateTimeOffset?)null;
        var version = arguments.GetValue(_version);
        if (time is not null && version is not null)
            throw new UsageException("--version and --time say the same thing in two ways: choose one.");
        var start = console.Time.GetTimestamp();
        var result = ProgressMeter.Run(console, "restore", 0, meter => Blocking.Wait(target.RestoreAsync(
            Path.GetFullPath(folder),
            new RestoreOptions
            {
                BackupId = arguments.GetValue(_backup),
                Version = version,
                Time = time,
                Progress = progress => meter.Report(progress),
            },
            console.Interrupted)));
        var elapsed = console.Time.GetElapsedTime(start);
        if (GlobalOptions.IsJson(arguments))
        {
            VerbContext.WriteJson(console, RestoreJson.Of(folder, result, elapsed), CliJson.Relaxed.RestoreJson);
            return ExitCode.Ok;
        }
        console.Out.WriteLine(
            $"{folder} is backup {result.Backup.Id} up to version {Amounts.Count(result.LastVersion)}: "
            + $"{Amounts.Bytes(result.SizeBytes)} in {Amounts.Time(elapsed)}, "
            + $"{Amounts.Bytes(Amounts.PerSecond(result.SizeBytes - result.BytesKept, elapsed))}/s");
        return ExitCode.Ok;
    }

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new UsageException($"'{text}' is no time. One is 2026-01-02T03:04:05Z.");
}
