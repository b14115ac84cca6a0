using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Makes a key for backups.</summary>
internal static class BackupKeyCommand
{
    public static Command Create(CliConsole console)
    {
        var file = new Argument<string>("file") { Description = "The key file; it must not exist yet." };
        var command = new DocumentedCommand(
            "key", "Makes a key file, to encrypt backups with.",
            "Keep it where the backups are not, and more than once: without it they are lost.",
            ["ferrisdb backup key backup.key"])
        {
            file,
        };
        command.SetAction(arguments =>
        {
            var path = arguments.GetRequiredValue(file);
            try
            {
                Blocking.Wait(BackupKey.Create().SaveAsync(path));
            }
            catch (ArgumentException error)
            {
                throw UsageException.Of(error);
            }
            if (GlobalOptions.IsJson(arguments))
                VerbContext.WriteJson(console, new BackupKeyJson(path), CliJson.Relaxed.BackupKeyJson);
            else
                console.Out.WriteLine($"{path} has a new key. Whoever loses it has lost the backups.");
            return ExitCode.Ok;
        });
        return command;
    }
}
