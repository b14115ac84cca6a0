using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Options of every command.</summary>
internal static class GlobalOptions
{
    private const string Json = "--json";

    /// <summary>Adds them to the root of a tree of commands.</summary>
    public static void AddTo(RootCommand root) => root.Add(new Option<bool>(Json)
    {
        Description = "Answer with one JSON document on standard output; everything else goes to standard error.",
        Recursive = true,
    });

    public static bool IsJson(ParseResult arguments) => arguments.GetValue<bool>(Json);
}
