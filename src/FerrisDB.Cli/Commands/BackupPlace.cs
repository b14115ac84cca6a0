using System.CommandLine;
using FerrisDB.Backup.S3;

namespace FerrisDB.Cli;

/// <summary>Where backups are and with which key, as a command line says it.</summary>
internal sealed class BackupPlace
{
    private readonly Argument<string> _place = new("target")
    {
        Description = "Where the backups are: a folder of their own, or s3://bucket/prefix.",
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
        return new BackupTarget(StoreOf(arguments.GetRequiredValue(_place), linksFiles), key);
    }

    /// <summary>The folder, or the bucket, that a word means.</summary>
    public static IBackupStore StoreOf(string place, bool linksFiles = false)
    {
        if (!place.StartsWith("s3://", StringComparison.Ordinal))
            return new FolderBackupStore(Path.GetFullPath(place)) { LinksFiles = linksFiles };
        if (linksFiles)
            throw new UsageException("--link shares files with the database, which a bucket cannot.");
        try
        {
            // It lives as long as the command.
            return S3BackupStore.Open(place);
        }
        catch (ArgumentException error)
        {
            throw UsageException.Of(error);
        }
    }
}
