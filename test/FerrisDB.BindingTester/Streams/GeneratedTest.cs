using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// What a test leaves in the database, all below the tuple ("out",):
//
//     ("out", "data", ...)             what it wrote
//     ("out", "stack", machine)        below it the log of each machine's stack
//     ("out", "directory")             below it what is known of each directory
//     ("out", "scratch", ...)          versionstamps and prefixes, which another run will draw differently

/// <summary>Programs for one or more machines; the first is where it begins.</summary>
/// <param name="Machines">The prefix of each, and its instructions.</param>
internal sealed record GeneratedTest(IReadOnlyList<(TupleValue Prefix, InstructionList Program)> Machines)
{
    public static readonly TupleValue MainPrefix = ErrorItem.Bytes("test");

    public static readonly Subspace Output = new("out");

    public static readonly Subspace Data = Output["data"];

    public static readonly Subspace Scratch = Output["scratch"];

    public static readonly Subspace DirectoryLog = Output["directory"];

    /// <summary>A test of one machine.</summary>
    public static GeneratedTest Of(InstructionList program) => new([(MainPrefix, program)]);

    /// <summary>A test of several machines, which a first one starts.</summary>
    public static GeneratedTest Of(int machines, Func<int, InstructionList> write)
    {
        if (machines == 1)
            return Of(write(0));
        var main = new InstructionList();
        List<(TupleValue, InstructionList)> all = [(MainPrefix, main)];
        for (var machine = 0; machine < machines; machine++)
        {
            var prefix = ErrorItem.Bytes($"machine{machine}");
            main.Call("START_THREAD", 0, prefix);
            all.Add((prefix, write(machine)));
        }
        return new GeneratedTest(all);
    }

    public static Subspace StackLog(int machine) => Output.Sub("stack", machine);

    public async Task InsertAsync(Database database)
    {
        foreach (var (prefix, program) in Machines)
            await InstructionRange.WriteAsync(database, prefix, program.All);
    }

    public async Task RunAsync(Database database)
    {
        await InsertAsync(database);
        await StackMachine.RunAsync(database, MainPrefix);
    }
}
