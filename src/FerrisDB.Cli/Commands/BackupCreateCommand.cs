using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Makes a backup of a database that no other process has open, or of a server's.</summary>
internal sealed class BackupCreateCommand
{
    private const string Notes = """
        The first backup of a target copies all, each later one what is new since any earlier one. A server sends what
        is new, and goes on serving; the target, its key and its credentials are those of this command, and the server
        does not learn them. While another process has a folder open, that process makes the backup: in its shell, or
        through the API. An interrupted backup does not count; run it again, and it goes on where it stopped.
        """;

    private readonly Argument<string> _database = DatabaseName.Argument();
    private readonly BackupPlace _place = new();
    private readonly Option<bool> _link = LinkOption();

    private BackupCreateCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var create = new BackupCreateCommand();
        var command = new DocumentedCommand(
            "create", "Makes a backup: all of the database, of which only what is new is stored.", Notes,
            [
                "ferrisdb backup create mydb /backups/mydb",
                "ferrisdb backup create mydb /backups/mydb --key-file backup.key",
                "ferrisdb backup create ferrisdb/fdb.cluster /backups/mydb",
                "FDB_CLUSTER_FILE=/etc/foundationdb/fdb.cluster ferrisdb backup create @ s3://bucket/mydb",
            ])
        {
            create._database,
        };
        create._place.AddTo(command);
        command.Add(create._link);
        command.SetAction(arguments =>
        {
            var name = arguments.GetRequiredValue(create._database);
            var isServer = DatabaseName.ClusterOf(name) is not null;
            var linksFiles = arguments.GetValue(create._link);
            if (isServer && linksFiles)
                throw new UsageException("--link shares files with a folder of this machine, which a server is not.");
            var target = create._place.Open(arguments, linksFiles);
            using var session = isServer
                ? DatabaseSession.Open(name, DatabaseAccess.Read, console)
                : DatabaseSession.OpenEngine(name, DatabaseAccess.Read, console);
            return Run(session, target, console, GlobalOptions.IsJson(arguments));
        });
        return command;
    }

    public static Option<bool> LinkOption() => new("--link")
    {
        Description = "Share files with the database by hard links, on one disk: no copy, so no protection from it.",
    };

    /// <summary>Makes a backup of an open database, and answers what it has.</summary>
    public static int Run(DatabaseSession session, BackupTarget target, CliConsole console, bool isJson)
    {
        var start = console.Time.GetTimestamp();
        BackupResult result;
        try
        {
            result = ProgressMeter.Run(console, "backup", 0, meter => Blocking.Wait(session.BackupAsync(
                target, new BackupOptions { Progress = progress => meter.Report(progress) }, console.Interrupted)));
        }
        catch (ArgumentException error)
        {
            throw UsageException.Of(error);
        }
        var elapsed = console.Time.GetElapsedTime(start);
        if (isJson)
        {
            VerbContext.WriteJson(
                console, BackupCreateJson.Of(target, result, elapsed), CliJson.Relaxed.BackupCreateJson);
            return ExitCode.Ok;
        }
        var backup = result.Backup;
        console.Out.WriteLine(
            $"backup {backup.Id} in {target.Location}: {Amounts.Count(backup.FileCount, "file")} of "
            + $"{Amounts.Bytes(backup.SizeBytes)}; new of these: {Amounts.Count(result.FilesAdded, "file")} of "
            + $"{Amounts.Bytes(result.BytesAdded)}");
        console.Out.WriteLine(
            $"it can restore versions {Amounts.Count(backup.FirstVersion)} to {Amounts.Count(backup.LastVersion)}; "
            + $"made in {Amounts.Time(elapsed)}, "
            + $"{Amounts.Bytes(Amounts.PerSecond(result.BytesRead, elapsed))}/s read");
        return ExitCode.Ok;
    }
}
