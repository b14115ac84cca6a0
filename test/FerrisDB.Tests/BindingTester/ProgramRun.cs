using FerrisDB.BindingTester;

namespace FerrisDB.Tests.BindingTester;

/// <summary>Programs of the binding tester, each run in a database of its own.</summary>
internal static class ProgramRun
{
    /// <summary>Those who wait for each other look again soon, however often they did in vain.</summary>
    public static Database Open(int chance = 1) => Database.OpenInMemory(new DatabaseOptions
    {
        Seed = chance,
        TransactionTimeout = TimeSpan.Zero,
        MaxRetryDelay = TimeSpan.FromMilliseconds(5),
    });

    public static GeneratedTest Generate(string name, int seed, int operations) => name switch
    {
        "api" => ApiProgram.Generate(seed, operations),
        "tuple" => TupleProgram.Generate(seed, operations),
        "directory" => DirectoryProgram.Generate(seed, operations),
        _ => throw new ArgumentException($"No program is called {name}."),
    };

    public static async Task<string> TranscriptAsync(string name, int seed, int operations, int chance = 1)
    {
        using var database = Open(chance);
        var test = Generate(name, seed, operations);
        await test.RunAsync(database);
        return await Transcript.OfAsync(database, test);
    }
}
