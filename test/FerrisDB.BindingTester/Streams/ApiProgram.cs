using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>
/// Everything that a transaction can do, in an order drawn by chance. What it does to the data and leaves on the stack
/// is the same in every run, except below Scratch.
/// </summary>
internal sealed class ApiProgram
{
    private const int KeysAtFirst = 30;

    private static readonly string[] TransactionNames = ["left", "right"];

    private static readonly string[] Mutations =
    [
        "ADD", "BIT_AND", "BIT_OR", "BIT_XOR", "APPEND_IF_FITS", "MAX", "MIN", "BYTE_MIN", "BYTE_MAX",
        "COMPARE_AND_CLEAR",
    ];

    // Those that a retry may cure, and those that end the transaction.
    private static readonly int[] Errors = [1007, 1009, 1020, 1021, 1025, 2000, 2101, 4100];

    private static readonly (int Weight, Action<ApiProgram> Write)[] Choices =
    [
        (10, program => program.Get()),
        (6, program => program.GetKey()),
        (6, program => program.GetRange()),
        (3, program => program.GetRangeStartsWith()),
        (6, program => program.GetRangeSelector()),
        (14, program => program.Mutate("SET", program.Key(), program._values.Value())),
        (5, program => program.Mutate("CLEAR", program.Key())),
        (4, program => program.ClearRange()),
        (2, program => program.Mutate("CLEAR_RANGE_STARTS_WITH", program.Key())),
        (10, program => program.Mutate("ATOMIC_OP", program.Mutation(), program.Key(), program._values.Value())),
        (4, program => program.MutateTwice()),
        (4, program => program.Versions()),
        (2, program => program.Versionstamps()),
        (5, program => program.Conflicts()),
        (2, program => program.Sizes()),
        (6, program => program._list.Commit()),
        (3, program => program.End()),
        (3, program => program.UseTransaction()),
        (4, program => program.Tuples()),
    ];

    private readonly RandomValues _values;
    private readonly InstructionList _list = new();
    private readonly int _machine;
    private int _stamps;

    private ApiProgram(int seed, int machine)
    {
        _values = new RandomValues(seed);
        _machine = machine;
    }

    public static GeneratedTest Generate(int seed, int operations, int machines = 1) =>
        GeneratedTest.Of(machines, machine => new ApiProgram(seed + machine, machine).Write(operations));

    private InstructionList Write(int operations)
    {
        _list.Add("NEW_TRANSACTION");
        for (var key = 0; key < KeysAtFirst; key++)
            _list.Call("SET", 0, Key(), _values.Value());
        _list.Commit();
        for (var operation = 0; operation < operations; operation++)
            Choose()(this);
        _list.Commit();
        _list.Log(GeneratedTest.StackLog(_machine));
        return _list;
    }

    private Action<ApiProgram> Choose()
    {
        var ticket = _values.Next(Choices.Sum(choice => choice.Weight));
        foreach (var (weight, write) in Choices)
        {
            ticket -= weight;
            if (ticket < 0)
                return write;
        }
        throw new InvalidOperationException("The weights do not add up.");
    }

    private byte[] Key() => _values.Key(GeneratedTest.Data);

    private string Mutation() => _values.Choose(Mutations);

    private static TupleValue Prefix => GeneratedTest.Data.Prefix;

    private (byte[] Begin, byte[] End) Ends()
    {
        var (begin, end) = (Key(), Key());
        return begin.AsSpan().SequenceCompareTo(end) <= 0 ? (begin, end) : (end, begin);
    }

    private TupleValue[] Selector() =>
        [Key(), _values.Next(2), _values.Chance(0.9) ? _values.Next(-3, 3) : _values.Next(-40, 40)];

    // A limit, whether it goes backwards, and how it is fetched. The mode Exact needs a limit and fails without one.
    private TupleValue[] Options() =>
        [_values.Chance(0.7) ? _values.Next(1, 8) : 0, _values.Next(2), _values.Next(-2, 4)];

    private void Read(string name, params TupleValue[] arguments)
    {
        var scope = _values.Choose(["", "", "_SNAPSHOT", "_DATABASE"]);
        _list.Call(name + scope, 1, arguments);
        _list.Promise();
    }

    private void Get() => Read("GET", Key());

    private void GetKey() => Read("GET_KEY", [.. Selector(), Prefix]);

    private void GetRange()
    {
        var (begin, end) = Ends();
        Read("GET_RANGE", [begin, end, .. Options()]);
    }

    private void GetRangeStartsWith() =>
        Read("GET_RANGE_STARTS_WITH", [GeneratedTest.Data.Pack(_values.Word()), .. Options()]);

    private void GetRangeSelector() =>
        Read("GET_RANGE_SELECTOR", [.. Selector(), .. Selector(), .. Options(), Prefix]);

    private void Mutate(string name, params TupleValue[] arguments)
    {
        if (_values.Chance(0.8))
        {
            _list.Call(name, 0, arguments);
            return;
        }
        _list.Call(name + "_DATABASE", 1, arguments);
        _list.Add("WAIT_FUTURE");
    }

    // Two operations in a row become one if they can, and must not if they cannot.
    private void MutateTwice()
    {
        var (mutation, key) = (Mutation(), Key());
        _list.Call("ATOMIC_OP", 0, mutation, key, _values.Value());
        _list.Call("ATOMIC_OP", 0, mutation, key, _values.Value());
    }

    private void ClearRange()
    {
        var (begin, end) = Ends();
        Mutate("CLEAR_RANGE", begin, end);
    }

    private void Versions()
    {
        _list.Add(_values.Choose(["GET_READ_VERSION", "GET_READ_VERSION_SNAPSHOT", "GET_COMMITTED_VERSION"]), gives: 1);
        if (_values.Chance(0.5))
            return;
        _list.AwaitPromises();
        _list.Add("GET_READ_VERSION", gives: 1);
        _list.Add("NEW_TRANSACTION");
        _list.Add("SET_READ_VERSION");
    }

    private void Conflicts()
    {
        if (_values.Chance(0.2))
            _list.Add("DISABLE_WRITE_CONFLICT");
        else if (_values.Chance(0.5))
            _list.Call(_values.Choose(["READ_CONFLICT_KEY", "WRITE_CONFLICT_KEY"]), 1, Key());
        else // The wrong way round as often as not: that is refused at once.
            _list.Call(_values.Choose(["READ_CONFLICT_RANGE", "WRITE_CONFLICT_RANGE"]), 1, Key(), Key());
    }

    private void Sizes()
    {
        var (begin, end) = Ends();
        _list.Add("GET_APPROXIMATE_SIZE", gives: 1);
        if (begin.AsSpan().SequenceEqual(end))
            return;
        _list.Call("GET_ESTIMATED_RANGE_SIZE", 1, begin, end);
        _list.Call("GET_RANGE_SPLIT_POINTS", 1, begin, end, 10_000_000);
    }

    // The end of a transaction without a commit.
    private void End()
    {
        _list.AwaitPromises();
        switch (_values.Next(3))
        {
            case 0:
                _list.Add("RESET");
                break;
            case 1:
                _list.Add("CANCEL");
                _list.Call("GET", 1, Key());
                _list.Add("WAIT_FUTURE");
                _list.Add("NEW_TRANSACTION");
                break;
            default:
                _list.Call("ON_ERROR", 1, _values.Choose(Errors));
                _list.Add("WAIT_FUTURE");
                _list.Add("NEW_TRANSACTION");
                break;
        }
    }

    private void UseTransaction()
    {
        // Machines that run at the same time must not use the same transaction: what it does would depend on both.
        _list.AwaitPromises();
        _list.Call("USE_TRANSACTION", 0, ErrorItem.Bytes($"{_values.Choose(TransactionNames)}{_machine}"));
    }

    // One commit writes its stamp into a key, into a value, and tells it: see StampCheck.
    private void Versionstamps()
    {
        var number = _stamps++;
        var scratch = GeneratedTest.Scratch.Sub(_machine);
        _list.Commit();
        _list.Call("ATOMIC_OP", 0, "SET_VERSIONSTAMPED_VALUE", scratch.Pack("value", number), new byte[14]);

        _list.Push(ErrorItem.Bytes("stamped"));
        TupleValue[] key = ["key", number, Versionstamp.Incomplete((ushort)_values.Next(1 << 16))];
        _list.PushTuple(key);
        _list.Push(scratch.Prefix);
        _list.Add("TUPLE_PACK_WITH_VERSIONSTAMP", key.Length + 2, gives: 2);
        _list.Swap(1);
        _list.Add("POP", takes: 1);
        _list.Push("SET_VERSIONSTAMPED_KEY");
        _list.Add("ATOMIC_OP", takes: 3);

        _list.Add("GET_VERSIONSTAMP", gives: 1);
        _list.Add("COMMIT", gives: 1);
        _list.Add("WAIT_FUTURE");
        _list.Swap(1);
        _list.Add("WAIT_FUTURE");
        _list.Add("RESET");
        _list.Push(scratch.Pack("told", number));
        _list.Add("SET", takes: 2);
        _list.Commit();
    }

    private void Tuples()
    {
        switch (_values.Next(4))
        {
            case 0:
                var elements = _values.Elements(5);
                _list.PushTuple(elements);
                _list.Add("TUPLE_PACK", elements.Length + 1, gives: 1);
                break;
            case 1:
                _list.Call("CONCAT", 1, _values.Word(), _values.Word());
                break;
            case 2:
                _list.Call("SUB", 1, _values.Integer(60), _values.Integer(60));
                break;
            default:
                _list.Push(_values.Bytes(8));
                _list.Add("DUP", gives: 1);
                _list.Add("CONCAT", takes: 2, gives: 1);
                break;
        }
    }
}
