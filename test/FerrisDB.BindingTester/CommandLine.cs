using System.Globalization;

namespace FerrisDB.BindingTester;

// A dump is a text of rows, each a key and a value in hexadecimal with a blank between them: what another
// implementation of the tester reads and writes too, so that both can be given the same program.

/// <summary>The tester as a program: writes tests, and runs those that somebody else has written.</summary>
internal static class CommandLine
{
    private const string Usage = """
        generate NAME SEED OPERATIONS [MACHINES]   writes a test as a dump; NAME is api, tuple, directory or allocator
        show NAME SEED OPERATIONS                  runs it, and writes what every instruction left
        run PREFIX                                 reads a dump, runs the machine of PREFIX, writes all of the database
        test PREFIX API_VERSION CLUSTER_FILE       runs the machine of PREFIX on a server: for FoundationDB's program
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new DatabaseOptions { TransactionTimeout = TimeSpan.Zero };
        using var database = arguments is ["test", _, _, var clusterFile]
            ? Database.Connect(clusterFile, options)
            : Database.OpenInMemory(options);
        switch (arguments)
        {
            case ["generate", _, _, _, ..]:
                await Generate(arguments).InsertAsync(database);
                await Dump.WriteAsync(database, Console.Out);
                return 0;
            case ["show", _, _, _]:
                var test = Generate(arguments);
                await test.RunAsync(database);
                await Console.Out.WriteAsync(await Transcript.OfAsync(database, test));
                return 0;
            case ["run", var prefix]:
                await Dump.ReadAsync(database, Console.In);
                await StackMachine.RunAsync(database, ErrorItem.Bytes(prefix));
                await Dump.WriteAsync(database, Console.Out);
                return 0;
            case ["test", var prefix, _, _]:
                await StackMachine.RunAsync(database, ErrorItem.Bytes(prefix));
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static GeneratedTest Generate(string[] arguments)
    {
        var seed = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var operations = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        var machines = arguments.Length > 4 ? int.Parse(arguments[4], CultureInfo.InvariantCulture) : 1;
        return arguments[1] switch
        {
            "api" => ApiProgram.Generate(seed, operations, machines),
            "tuple" => TupleProgram.Generate(seed, operations),
            "directory" => DirectoryProgram.Generate(seed, operations),
            "allocator" => AllocatorProgram.Generate(seed, operations, machines),
            var name => throw new ArgumentException($"No test is called {name}."),
        };
    }
}
