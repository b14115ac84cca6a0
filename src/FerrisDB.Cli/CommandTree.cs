using System.CommandLine;
using System.CommandLine.Help;

namespace FerrisDB.Cli;

/// <summary>All that <c>ferrisdb</c> can be asked.</summary>
internal static class CommandTree
{
    /// <summary>The commands as typed from outside: the database is always the first argument.</summary>
    public static RootCommand Build(CliConsole console)
    {
        const string Description = "FerrisDB: an ordered key-value database, in a folder or on a server.";
        var root = new RootCommand(Description) { HelpName = "ferrisdb" };
        root.Add(ShellCommand.Create(console));
        foreach (var verb in Verbs.Common())
            root.Add(VerbCommand.OneShot(verb, console));
        root.Add(ServeCommand.Create(console));
        root.Add(StatusOutside.Create(console));
        root.Add(TopCommand.Create(console));
        root.Add(VerifyCommand.Create(console));
        root.Add(RepairCommand.Create(console));
        root.Add(BackupCommand.Create(console));
        root.Add(RestoreCommand.Create(console));
        root.Add(InspectCommand.Create(console));
        root.Add(BenchCommand.Create(console));
        root.Add(LibfdbCommand.Create(console));
        root.Add(TlsCommand.Create(console));
        root.Add(TokenCommand.Create(console));
        Finish(root);
        return root;
    }

    /// <summary>The commands of a shell, which has the database open.</summary>
    public static RootCommand BuildForShell(DatabaseSession session, CliConsole console)
    {
        const string Description = "The FerrisDB shell. Besides these commands there are help, help COMMAND and exit.";
        var root = new RootCommand(Description) { HelpName = ">" };
        foreach (var verb in Verbs.OfShell())
            root.Add(VerbCommand.InShell(verb, session, console));
        Finish(root);
        return root;
    }

    private static void Finish(RootCommand root)
    {
        GlobalOptions.AddTo(root);
        // The usual aliases '/h' and '/?' could be keys.
        var help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Clear();
        help.Aliases.Add("-h");
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }
}
