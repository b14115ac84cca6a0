using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>A command whose help ends with notes and examples.</summary>
internal sealed class DocumentedCommand : Command
{
    public DocumentedCommand(string name, string summary, string notes, IReadOnlyList<string> examples)
        : base(name, summary)
    {
        Notes = notes;
        Examples = examples;
    }

    public string Notes { get; }

    public IReadOnlyList<string> Examples { get; }
}
