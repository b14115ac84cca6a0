using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Where backups are and with which key, as a command line says it.</summary>
internal sealed class BackupPlace
{
    private readonly Argument<string> _place = new("target")
    {
        Description = "Where the backups are: a folder of their own.",
    };

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = "Encrypts the backups, and reads encrypted ones, with the key in this file.",
    };

    public void AddTo(Command command)
    {
        command.Add(_place);
        command.Add(_keyFile);
    }

    public BackupTarget Open(ParseResult arguments, bool linksFiles = false)
    {
        var key = arguments.GetValue(_keyFile) is { } file ? BackupKey.Load(file) : null;
        if (linksFiles && key is not null)
            throw new UsageException("--link shares the database's own files, and --key-file encrypts: choose one.");
        var folder = arguments.GetRequiredValue(_place);
        return new BackupTarget(new FolderBackupStore(Path.GetFullPath(folder)) { LinksFiles = linksFiles }, key);
    }
}
