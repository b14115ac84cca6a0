using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// FoundationDB's bindings are tested by giving all of them the same program and comparing what they log. The program
// is a list of instructions in the database. The machine reads it, one instruction after the other:
//
//     PUSH b"value"        stack: b"value"
//     PUSH b"key"          stack: b"key" b"value"                (the top is on the left)
//     SET                  takes both off; sets them in the current transaction
//     COMMIT               stack: a promise, which becomes b"RESULT_NOT_PRESENT"
//     PUSH b"log"          stack: b"log" RESULT_NOT_PRESENT
//     LOG_STACK            writes what is on the stack below log
//
// An error is no end, but an item: the tuple (ERROR, code). The name of a transaction is the prefix of the machine
// until an instruction says otherwise; machines that run at the same time share their transactions by name.
// The specification is public: bindings/bindingtester/spec in FoundationDB's repository.

/// <summary>Carries out the instructions below one prefix, on the public API of FerrisDB alone.</summary>
internal sealed class StackMachine
{
    private static readonly Dictionary<string, Func<Step, Task>> Operations = new(
    [
        .. DataOperations.All,
        .. TransactionOperations.All,
        .. ReadOperations.All,
        .. WriteOperations.All,
        .. TupleOperations.All,
        .. ThreadOperations.All,
        .. TenantOperations.All,
        .. DirectoryOperations.All,
    ]);

    private readonly TupleValue _prefix;
    private readonly List<Task> _machines = [];

    public StackMachine(Database database, TransactionMap transactions, TupleValue prefix)
    {
        Database = database;
        Transactions = transactions;
        TransactionName = _prefix = prefix;
    }

    public Database Database { get; }

    public TransactionMap Transactions { get; }

    public MachineStack Stack { get; } = new();

    public DirectoryList Directories { get; } = new();

    /// <summary>Where new transactions begin; null is the database itself.</summary>
    public Tenant? Tenant { get; set; }

    /// <summary>Which of the transactions is the current one.</summary>
    public TupleValue TransactionName { get; set; }

    /// <summary>The version that a read or a commit told last.</summary>
    public long LastVersion { get; set; }

    public Transaction CurrentTransaction => Transactions[TransactionName];

    /// <summary>Runs a machine, and those that it starts, until all have come to their end.</summary>
    public static async Task RunAsync(Database database, TupleValue prefix)
    {
        using var transactions = new TransactionMap(database);
        await new StackMachine(database, transactions, prefix).RunAsync();
    }

    /// <summary>Starts a machine that runs beside this one.</summary>
    public void Start(TupleValue prefix) => _machines.Add(new StackMachine(Database, Transactions, prefix).RunAsync());

    private async Task RunAsync()
    {
        // From here on each machine has a thread of its own, as far as there are some.
        await Task.Yield();
        var instructions = await InstructionRange.ReadAsync(Database, _prefix);
        for (var number = 0; number < instructions.Count; number++)
            await RunAsync(new Step(this, number, instructions[number]));
        await Task.WhenAll(_machines);
    }

    private static async Task RunAsync(Step step)
    {
        if (!Operations.TryGetValue(step.Name, out var operation))
            throw new NotSupportedException($"No operation is called {step.Name}.");
        try
        {
            await operation(step);
        }
        catch (FerrisException error)
        {
            step.Push(ErrorItem.Of(error));
        }
    }
}
