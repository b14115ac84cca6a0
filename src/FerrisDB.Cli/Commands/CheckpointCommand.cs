using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Copies the database.</summary>
internal sealed class CheckpointCommand()
    : Verb("checkpoint", "Makes a copy of the database that can be opened as one.", DatabaseAccess.Read)
{
    private readonly Argument<string> _target = new("folder")
    {
        Description = "Where to: a folder that is empty or not there yet.",
    };

    public override IReadOnlyList<string> Examples => ["backups/monday"];

    public override string Notes => """
        On the same disk tables are shared by hard links, so a copy takes an instant and hardly any space; what the
        database changes later does not change the copy. In the shell it is taken while the database goes on.
        """;

    public override void Declare(Command command) => command.Add(_target);

    public override int Run(VerbContext context)
    {
        var target = new DirectoryInfo(context.Value(_target)!);
        if (target.Exists && target.EnumerateFileSystemInfos().Any())
            throw new UsageException($"{target} is not empty.");
        var start = context.Console.Time.GetTimestamp();
        var version = Blocking.Wait(context.Engine.CheckpointAsync(target.FullName));
        var elapsed = context.Console.Time.GetElapsedTime(start);
        var seconds = Math.Round(elapsed.TotalSeconds, 3);
        if (context.IsJson)
            context.WriteJson(new CheckpointJson(target.ToString(), version, seconds), CliJson.Relaxed.CheckpointJson);
        else
        {
            context.Out.WriteLine(
                $"{target} has everything up to version {Amounts.Count(version)}, in {Amounts.Time(elapsed)}");
        }
        return ExitCode.Ok;
    }
}
