using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>One instruction while it is carried out: what it works on, and where its results go.</summary>
internal sealed class Step
{
    private const string SnapshotEnding = "_SNAPSHOT";
    private const string DatabaseEnding = "_DATABASE";
    private const string TenantEnding = "_TENANT";

    private readonly int _number;

    public Step(StackMachine machine, int number, Instruction instruction)
    {
        Machine = machine;
        _number = number;
        Argument = instruction.Argument;
        (Name, Scope) = Split(instruction.Name);
    }

    public StackMachine Machine { get; }

    /// <summary>The name of the operation, without what says on what it works.</summary>
    public string Name { get; }

    public StepScope Scope { get; }

    public TupleValue? Argument { get; }

    public MachineStack Stack => Machine.Stack;

    public Database Database => Machine.Database;

    public Transaction Transaction => Machine.CurrentTransaction;

    public void Push(TupleValue value) => Stack.Push(_number, value);

    public void Push(string bytes) => Push(ErrorItem.Bytes(bytes));

    /// <summary>Pushes a result that is still to come.</summary>
    public void Push(Task<TupleValue> result) => Stack.Push(new StackItem(_number, result));

    /// <summary>Pushes the end of something, which has no other result.</summary>
    public void Push(Task end)
    {
        Push(End());

        async Task<TupleValue> End()
        {
            await end;
            return ErrorItem.NotPresent;
        }
    }

    /// <summary>Reads in what the operation works on.</summary>
    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read) => Scope switch
    {
        StepScope.Database => Database.ReadAsync(read),
        StepScope.Tenant => Machine.Tenant?.ReadAsync(read) ?? Database.ReadAsync(read),
        StepScope.Snapshot => read(Transaction.Snapshot),
        _ => read(Transaction),
    };

    /// <summary>Writes to what the operation works on; the database commits it, and that has a result.</summary>
    public async Task WriteAsync(Action<Transaction> write)
    {
        if (Scope is StepScope.Database or StepScope.Tenant)
        {
            await (Scope == StepScope.Tenant && Machine.Tenant is { } tenant
                ? tenant.RunAsync(write)
                : Database.RunAsync(write));
            Push(ErrorItem.NotPresent);
        }
        else
        {
            write(Transaction);
        }
    }

    private static (string Name, StepScope Scope) Split(string name)
    {
        if (name.EndsWith(SnapshotEnding, StringComparison.Ordinal))
            return (name[..^SnapshotEnding.Length], StepScope.Snapshot);
        if (name.EndsWith(TenantEnding, StringComparison.Ordinal))
            return (name[..^TenantEnding.Length], StepScope.Tenant);
        return name.EndsWith(DatabaseEnding, StringComparison.Ordinal)
            ? (name[..^DatabaseEnding.Length], StepScope.Database)
            : (name, StepScope.Transaction);
    }
}
