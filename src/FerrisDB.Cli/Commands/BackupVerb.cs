using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Makes a backup of the database that the shell has open.</summary>
internal sealed class BackupVerb()
    : Verb("backup", "Makes a backup while the database goes on.", DatabaseAccess.Read)
{
    private readonly Argument<string> _target = new("target")
    {
        Description = "The folder of the backups, or s3://bucket/prefix.",
    };

    private readonly Option<string?> _keyFile = new("--key-file") { Description = "Encrypts with the key in it." };

    public override IReadOnlyList<string> Examples => ["/backups/mydb", "/backups/mydb --key-file backup.key"];

    public override string Notes => "Listed, verified, pruned and restored outside: see ferrisdb backup --help.";

    public override void Declare(Command command)
    {
        command.Add(_target);
        command.Add(_keyFile);
    }

    public override int Run(VerbContext context)
    {
        var key = context.Value(_keyFile) is { } file ? BackupKey.Load(file) : null;
        var target = new BackupTarget(BackupPlace.StoreOf(context.Value(_target)!), key);
        return BackupCreateCommand.Run(context.Session, target, context.Console, context.IsJson);
    }
}
