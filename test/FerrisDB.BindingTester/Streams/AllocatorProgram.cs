using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// Several machines create directories in the same few transactions at the same time, in rounds:
//
//     machine 0:   wait   create ...   wait   commit all transactions
//     machine 1:   wait   create ...   wait
//     machine 2:   wait   create ...   wait
//
// They wait for each other at a barrier: a range with a key for each of them. Everybody puts its key of the next
// barrier there, takes its key of this one away, and waits until the range is empty.

/// <summary>
/// The allocator of prefixes under contention: whatever it gives to anybody, no two directories get the same.
/// </summary>
internal sealed class AllocatorProgram
{
    private const int Transactions = 3;
    private const int DirectoriesPerRoundMax = 8;

    private static readonly Subspace Barriers = GeneratedTest.Output["barrier"];

    private readonly RandomValues _values;
    private readonly InstructionList _list = new();
    private readonly int _machine;
    private readonly int _machines;
    private int _barrier;
    private int _directories;

    private AllocatorProgram(int seed, int machine, int machines)
    {
        _values = new RandomValues(seed);
        _machine = machine;
        _machines = machines;
    }

    /// <summary>Each machine creates directories in so many rounds.</summary>
    public static GeneratedTest Generate(int seed, int rounds, int machines) =>
        GeneratedTest.Of(machines, machine => new AllocatorProgram(seed + machine, machine, machines).Write(rounds));

    /// <summary>Puts the keys of the first barrier there, before the machines are started.</summary>
    public static async Task PrepareAsync(Database database, int machines) => await database.RunAsync(transaction =>
    {
        for (var machine = 0; machine < machines; machine++)
            transaction.Set(Barriers.Pack(0, machine), []);
    });

    private InstructionList Write(int rounds)
    {
        _list.Add("NEW_TRANSACTION");
        for (var round = 0; round < rounds; round++)
        {
            Wait(isLast: false);
            UseTransaction(_values.Next(Transactions));
            var directories = _values.Next(1, DirectoriesPerRoundMax);
            for (var directory = 0; directory < directories; directory++)
                Create($"{_machine}-{round}-{directory}");
            Wait(isLast: round == rounds - 1);
            if (_machine == 0)
                CommitAll();
        }
        _list.Log(GeneratedTest.StackLog(_machine));
        return _list;
    }

    private void Wait(bool isLast)
    {
        if (_machines == 1)
            return;
        if (!isLast)
        {
            _list.Call("SET_DATABASE", 1, Barriers.Pack(_barrier + 1, _machine), Array.Empty<byte>());
            _list.Add("POP", takes: 1);
        }
        _list.Call("CLEAR_DATABASE", 1, Barriers.Pack(_barrier, _machine));
        _list.Add("POP", takes: 1);
        _list.Call("WAIT_EMPTY", 1, Barriers.Pack(_barrier));
        _list.Add("POP", takes: 1);
        _barrier++;
    }

    private void UseTransaction(int number) => _list.Call("USE_TRANSACTION", 0, ErrorItem.Bytes($"shared{number}"));

    // Records the prefix, in the same transaction: the key that the new directory makes of no elements.
    private void Create(string name)
    {
        _list.Push(Array.Empty<byte>(), TupleValue.Null);
        _list.PushTuple(name);
        _list.Add("DIRECTORY_CREATE", takes: 4);
        _directories++;
        _list.Call("DIRECTORY_CHANGE", 0, _directories);
        _list.Push(name, Array.Empty<byte>());
        _list.PushTuple();
        _list.Add("DIRECTORY_PACK_KEY", takes: 1, gives: 1);
        _list.Push(5, "out", "scratch", "prefix");
        _list.Add("TUPLE_PACK", takes: 6, gives: 1);
        _list.Add("SET", takes: 2);
        _list.Call("DIRECTORY_CHANGE", 0, 0);
    }

    // What is not committed now may be committed in a later round, or never.
    private void CommitAll()
    {
        for (var number = 0; number < Transactions; number++)
        {
            if (_values.Chance(0.2))
                continue;
            UseTransaction(number);
            _list.Add("COMMIT", gives: 1);
            _list.Add("WAIT_FUTURE");
            _list.Add("RESET");
        }
    }
}
