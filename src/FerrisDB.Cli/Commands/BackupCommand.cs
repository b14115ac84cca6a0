using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Makes backups and looks after them.</summary>
internal static class BackupCommand
{
    private const string Notes = """
        A target is a folder of its own, best on another disk. Each backup in it is whole: what earlier ones have too is
        stored once and shared. Make one as often as you like; only what is new costs time and space. Check them with
        `backup verify`, remove old ones with `backup prune`, get a database back with `restore`.
        """;

    public static Command Create(CliConsole console)
    {
        var command = new DocumentedCommand(
            "backup", "Makes backups, and lists, verifies and prunes them.", Notes,
            [
                "ferrisdb backup create mydb /backups/mydb", "ferrisdb backup list /backups/mydb",
                "ferrisdb backup prune /backups/mydb --keep 7", "ferrisdb restore /backups/mydb newdb",
            ])
        {
            BackupCreateCommand.Create(console),
            BackupFollowCommand.Create(console),
            BackupListCommand.Create(console),
            BackupVerifyCommand.Create(console),
            BackupPruneCommand.Create(console),
            BackupKeyCommand.Create(console),
        };
        return command;
    }
}
