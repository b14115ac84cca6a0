using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FerrisDB.Cli;

/// <summary>The usual help, followed by the notes and examples of the command.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not DocumentedCommand command)
            return code;
        var output = parseResult.InvocationConfiguration.Output;
        if (command.Notes.Length > 0)
            output.WriteLine(command.Notes + "\n");
        output.WriteLine("Examples:");
        foreach (var example in command.Examples)
            output.WriteLine("  " + example);
        output.WriteLine();
        return code;
    }
}
