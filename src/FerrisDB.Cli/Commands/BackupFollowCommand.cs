using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Keeps the log of a server in backups.</summary>
internal sealed class BackupFollowCommand
{
    private const int DefaultSeconds = 10;
    private const int DefaultLogMebibytes = 1024;

    private const string Notes = """
        Makes a backup, then stores what the log has grown by, again and again, so that any version from the first
        backup on can be restored: what a disaster costs is one interval. Runs until ctrl-c or SIGTERM; started again,
        it goes on where it was. The server keeps the log meanwhile, for an hour and 4 GiB at most (`serve
        --follower-away-max`, `--follower-log-max`); after that a new backup is begun, and this says what is missing.
        When the log of a backup is long, a new one is begun; no version is missing between the two. If the server
        cannot be reached it is tried again.
        """;

    private readonly Argument<string> _database = DatabaseName.Argument();
    private readonly BackupPlace _place = new();

    private readonly Option<long?> _interval = Choice.Number(
        "--interval", $"Seconds from one step to the next. Default: {DefaultSeconds}.", min: 1, max: 86_400);

    private readonly Option<long?> _logMax = Choice.Number(
        "--log-max", $"MiB of log after which a new backup is begun. Default: {DefaultLogMebibytes}.",
        min: 1, max: 1_000_000);

    private BackupFollowCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var follow = new BackupFollowCommand();
        var command = new DocumentedCommand(
            "follow", "Keeps the log of a server in backups, so that any version can be restored.", Notes,
            [
                "ferrisdb backup follow ferrisdb/fdb.cluster /backups/mydb",
                "ferrisdb backup follow @ s3://bucket/mydb --interval 60",
            ])
        {
            follow._database,
        };
        follow._place.AddTo(command);
        command.Add(follow._interval);
        command.Add(follow._logMax);
        command.SetAction(arguments => follow.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var name = arguments.GetRequiredValue(_database);
        if (DatabaseName.ClusterOf(name) is null)
            throw new UsageException($"{name} is no cluster file: nobody writes while this command has a folder open.");
        var target = _place.Open(arguments);
        var options = new ArchiveOptions
        {
            Interval = TimeSpan.FromSeconds(arguments.GetValue(_interval) ?? DefaultSeconds),
            LogBytesMax = (arguments.GetValue(_logMax) ?? DefaultLogMebibytes) << 20,
            Stored = result => Tell(console, result),
            Failed = error => console.Error.WriteLine($"{error.Message} It is tried again."),
        };
        using var session = DatabaseSession.Open(name, DatabaseAccess.Read, console);
        Blocking.Wait(session.Database.ArchiveAsync(target, options, console.Interrupted));
        return ExitCode.Ok;
    }

    private static void Tell(CliConsole console, BackupResult result)
    {
        var backup = result.Backup;
        if (result.MissingAfter is { } last)
            console.Error.WriteLine(
                $"warning: what was committed after version {Amounts.Count(last)} and before "
                + $"{Amounts.Count(backup.FirstVersion)} is in no backup: nobody has kept the log.");
        console.Out.WriteLine(
            $"backup {backup.Id} can restore versions {Amounts.Count(backup.FirstVersion)} to "
            + $"{Amounts.Count(backup.LastVersion)}; stored: {Amounts.Bytes(result.BytesAdded)}");
        console.Out.Flush();
    }
}
