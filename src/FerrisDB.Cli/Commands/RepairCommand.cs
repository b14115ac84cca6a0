using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Makes a damaged database usable again.</summary>
internal sealed class RepairCommand
{
    private const string Notes = """
        First see the plan: it says what is damaged, what can be saved, and which keys and versions would be lost, and
        changes nothing. It exits with 0 if there is nothing to repair and with 3 if there is. If you have a checkpoint
        that is recent enough, restoring that is better. --apply prints the plan and carries it out: every file that is
        replaced is kept aside with .damaged behind its name, and the database remembers for good what was lost
        (`ferrisdb stats`, `ferrisdb verify`). An interrupted repair is run again.
        """;

    private readonly Argument<string> _database = new("db") { Description = "The folder of the database." };
    private readonly Option<bool> _plan = new("--plan") { Description = "Say what a repair would do and lose." };
    private readonly Option<bool> _apply = new("--apply") { Description = "Do it." };

    private RepairCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var repair = new RepairCommand();
        var command = new DocumentedCommand(
            "repair", "Saves what can be saved of a damaged database; says first what that is.", Notes,
            ["ferrisdb repair mydb --plan", "ferrisdb repair mydb --plan --json", "ferrisdb repair mydb --apply"])
        {
            repair._database,
            repair._plan,
            repair._apply,
        };
        command.SetAction(arguments => repair.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var isApplied = arguments.GetValue(_apply);
        if (isApplied == arguments.GetValue(_plan))
        {
            throw new UsageException(
                "repair takes one of two options: --plan says what is damaged and what would be lost, and changes "
                + "nothing; --apply does it. Begin with --plan.");
        }
        var folder = arguments.GetRequiredValue(_database);
        var start = console.Time.GetTimestamp();
        var plan = ProgressMeter.Run(console, "plan", BytesIn(folder), meter =>
            StorageEngine.PlanRepair(folder, progress: progress => meter.Report(progress.BytesRead)));
        if (isApplied && !plan.IsNeeded)
            throw new UsageException($"Nothing is damaged in {folder}: there is nothing to repair.");
        var isJson = GlobalOptions.IsJson(arguments);
        if (!isJson)
            console.Out.WriteLine(plan.ToString());
        if (isApplied)
            Apply(plan, console);
        var elapsed = console.Time.GetElapsedTime(start);
        if (isJson)
            VerbContext.WriteJson(console, RepairJson.Of(plan, isApplied, elapsed), CliJson.Relaxed.RepairJson);
        else
            Advise(plan, isApplied, elapsed, console.Out);
        return isApplied || !plan.IsNeeded ? ExitCode.Ok : ExitCode.Database;
    }

    private static void Apply(RepairPlan plan, CliConsole console)
    {
        // What was planned is shown before anything is done, even if this process is killed meanwhile.
        console.Out.Flush();
        try
        {
            ProgressMeter.Run(console, "repair", BytesIn(plan.Folder), meter =>
            {
                Blocking.Wait(StorageEngine.ApplyRepairAsync(plan, progress => meter.Report(progress.BytesRead)));
                return true;
            });
        }
        catch (InvalidOperationException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Advise(RepairPlan plan, bool isApplied, TimeSpan elapsed, TextWriter writer)
    {
        if (!plan.IsNeeded)
            return;
        if (!isApplied)
        {
            writer.WriteLine($"Nothing was changed. To repair: ferrisdb repair {plan.Folder} --apply");
            return;
        }
        writer.WriteLine($"repaired in {Amounts.Time(elapsed)}. To be sure: ferrisdb verify {plan.Folder}");
        if (plan.FilesSetAside.Count > 0)
            writer.WriteLine("The .damaged files are not needed any more; keep them until you miss nothing.");
    }

    private static long BytesIn(string folder)
    {
        var info = new DirectoryInfo(folder);
        return info.Exists ? info.EnumerateFiles().Sum(file => file.Length) : 0;
    }
}
