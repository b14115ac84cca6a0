using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// The list of directories begins so, and the program adds to it whatever it makes:
//
//     0   the default directory layer, without manual prefixes
//     1   the subspace of the raw prefix fe
//     2   the subspace of the empty prefix
//     3   the directory layer of 1 and 2, which is the default one again, but with manual prefixes
//     4   /safe, whose prefix is known: what is used when the chosen one is null

/// <summary>
/// Everything that directories can do, in an order drawn by chance. Prefixes that an allocator draws are kept out of
/// what it leaves: every other run must leave the same.
/// </summary>
internal sealed class DirectoryProgram
{
    private const int SafeIndex = 4;

    private static readonly string[] Names = ["a", "b", "c"];

    private static readonly (int Weight, Action<DirectoryProgram> Write)[] Choices =
    [
        (8, program => program.CreateOrOpen()),
        (6, program => program.Create()),
        (5, program => program.Open()),
        (4, program => program.Move()),
        (2, program => program.MoveTo()),
        (2, program => program.Remove()),
        (4, program => program.Look("DIRECTORY_LIST")),
        (4, program => program.Look("DIRECTORY_EXISTS")),
        (2, program => program.CreateSubspace()),
        (1, program => program.CreateLayer()),
        (3, program => program.PackKey()),
        (3, program => program.UnpackKey()),
        (2, program => program.Range()),
        (2, program => program.OpenSubspace()),
        (2, program => program.Contains()),
    ];

    private readonly RandomValues _values;
    private readonly InstructionList _list = new();
    private int _directories = 1;
    private int _prefixes;

    private DirectoryProgram(int seed) => _values = new RandomValues(seed);

    public static GeneratedTest Generate(int seed, int operations) =>
        GeneratedTest.Of(new DirectoryProgram(seed).Write(operations));

    private InstructionList Write(int operations)
    {
        Begin();
        for (var operation = 0; operation < operations; operation++)
        {
            if (_values.Chance(0.5))
                _list.Call("DIRECTORY_CHANGE", 0, _values.Next(_directories));
            Choose()(this);
        }
        Commit();
        for (var directory = 0; directory < _directories; directory++)
        {
            _list.Call("DIRECTORY_CHANGE", 0, directory);
            _list.Call("DIRECTORY_LOG_DIRECTORY", 0, GeneratedTest.DirectoryLog.Prefix);
        }
        Commit();
        _list.Log(GeneratedTest.StackLog(0));
        return _list;
    }

    private void Begin()
    {
        _list.Add("NEW_TRANSACTION");
        MakeSubspace([0xfe]);
        MakeSubspace([]);
        Make("DIRECTORY_CREATE_LAYER", 1, 2, 1);
        _list.Call("DIRECTORY_CHANGE", 0, 3);
        _list.Push(Array.Empty<byte>(), ErrorItem.Bytes("safe-prefix"));
        _list.PushTuple("safe");
        Make("DIRECTORY_CREATE_DATABASE");
        _list.Call("DIRECTORY_SET_ERROR_INDEX", 0, SafeIndex);
    }

    private Action<DirectoryProgram> Choose()
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

    private void Commit() => _list.Commit();

    private void Make(string name, params TupleValue[] arguments)
    {
        _list.Call(name, 0, arguments);
        _directories++;
    }

    // What is drawn for a transaction that fails later depends on chance: so each is committed before the next. What
    // an operation takes lies on top of the stack: nothing may come between.
    private void MakeAlone(string name, Action push)
    {
        var inDatabase = _values.Chance(0.3);
        if (inDatabase)
            Commit();
        push();
        Make(inDatabase ? name + "_DATABASE" : name);
        if (!inDatabase)
            Commit();
    }

    private string Scope(bool isRead = false) =>
        _values.Choose<string>(isRead ? ["", "_DATABASE", "_SNAPSHOT"] : ["", "_DATABASE"]);

    private TupleValue[] Path()
    {
        var path = new TupleValue[_values.Choose<int>([0, 1, 1, 1, 1, 2, 2, 3])];
        foreach (ref var name in path.AsSpan())
            name = _values.Choose(Names);
        return path;
    }

    private TupleValue Layer() => _values.Next(4) switch
    {
        0 => ErrorItem.Bytes("table"),
        1 => TupleValue.Null,
        _ => Array.Empty<byte>(),
    };

    private void MakeSubspace(byte[] rawPrefix)
    {
        _list.Push(rawPrefix);
        _list.PushTuple();
        Make("DIRECTORY_CREATE_SUBSPACE");
    }

    private void CreateSubspace()
    {
        _list.Push(_values.Bytes(3));
        _list.PushTuple(_values.Elements(2));
        Make("DIRECTORY_CREATE_SUBSPACE");
    }

    // A directory layer of its own, in two new subspaces.
    private void CreateLayer()
    {
        MakeSubspace([0x02, (byte)_prefixes++, 0x01]);
        MakeSubspace([0x03, (byte)_prefixes++, 0x01]);
        Make("DIRECTORY_CREATE_LAYER", _directories - 2, _directories - 1, _values.Next(2));
    }

    private void CreateOrOpen() => MakeAlone("DIRECTORY_CREATE_OR_OPEN", () =>
    {
        _list.Push(Layer());
        _list.PushTuple(Path());
    });

    // Mostly with a prefix of one's own: new, or one that may be in use.
    private void Create() => MakeAlone("DIRECTORY_CREATE", () =>
    {
        var prefix = _values.Next(4) switch
        {
            0 => TupleValue.Null,
            1 => ErrorItem.Bytes("taken"[.._values.Next(6)]),
            _ => ErrorItem.Bytes($"prefix-{_prefixes++}"),
        };
        _list.Push(_values.Chance(0.3) ? ErrorItem.Bytes("partition") : Layer(), prefix);
        _list.PushTuple(Path());
    });

    private void Open()
    {
        _list.Push(Layer());
        _list.PushTuple(Path());
        Make("DIRECTORY_OPEN" + Scope(isRead: true));
    }

    private void Move() => MakeAlone("DIRECTORY_MOVE", () =>
    {
        _list.PushTuple(Path());
        _list.PushTuple(Path());
    });

    private void MoveTo() => MakeAlone("DIRECTORY_MOVE_TO", () => _list.PushTuple(Path()));

    private void Remove()
    {
        Commit();
        PushOptionalPath();
        _list.Add(_values.Choose(["DIRECTORY_REMOVE", "DIRECTORY_REMOVE_IF_EXISTS"]) + Scope());
        Commit();
    }

    private void Look(string name)
    {
        PushOptionalPath();
        _list.Add(name + Scope(isRead: true));
    }

    private void PushOptionalPath()
    {
        var hasPath = _values.Chance(0.6);
        if (hasPath)
            _list.PushTuple(Path());
        _list.Push(hasPath ? 1 : 0);
    }

    private void PackKey()
    {
        _list.PushTuple(_values.Elements(3));
        _list.Add("DIRECTORY_PACK_KEY");
        _list.Add("DIRECTORY_STRIP_PREFIX");
    }

    private void UnpackKey()
    {
        _list.PushTuple(_values.Elements(3));
        _list.Add("DIRECTORY_PACK_KEY");
        _list.Add("DIRECTORY_UNPACK_KEY");
    }

    private void Range()
    {
        _list.PushTuple(_values.Elements(3));
        _list.Add("DIRECTORY_RANGE");
        _list.Add("DIRECTORY_STRIP_PREFIX");
        _list.Swap(1);
        _list.Add("DIRECTORY_STRIP_PREFIX");
    }

    private void OpenSubspace()
    {
        _list.PushTuple(_values.Elements(2));
        Make("DIRECTORY_OPEN_SUBSPACE");
    }

    private void Contains()
    {
        _list.PushTuple(_values.Elements(2));
        _list.Add("DIRECTORY_PACK_KEY");
        _list.Add("DIRECTORY_CONTAINS");
    }
}
