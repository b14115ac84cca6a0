using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Counts keys.</summary>
internal sealed class CountCommand()
    : Verb("count", "Prints how many keys there are, in all or in a range.", DatabaseAccess.Read)
{
    private readonly KeyBounds _bounds = new();

    public override IReadOnlyList<string> Examples => ["", "user/ user0", "--prefix user/"];

    public override bool TakesKeys => true;

    public override void Declare(Command command) => _bounds.AddTo(command);

    public override int Run(VerbContext context)
    {
        using var entries = _bounds.Read(context, keysOnly: true);
        var count = 0L;
        while (entries.Next())
            count++;
        if (context.IsJson)
            context.WriteJson(new CountJson(count), CliJson.Relaxed.CountJson);
        else
            context.Out.WriteLine(count);
        return ExitCode.Ok;
    }
}
