using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>A program while it is written, which knows how high the stack will be at its end.</summary>
internal sealed class InstructionList
{
    private readonly List<Instruction> _all = [];

    // Heights at which a promise lies.
    private readonly List<int> _promises = [];

    public IReadOnlyList<Instruction> All => _all;

    /// <summary>Items on the stack when the program has come here.</summary>
    public int Height { get; private set; }

    /// <summary>Pushes arguments so that the first one lies on top.</summary>
    public void Push(params ReadOnlySpan<TupleValue> arguments)
    {
        for (var index = arguments.Length - 1; index >= 0; index--)
            _all.Add(Instruction.Push(arguments[index]));
        Height += arguments.Length;
    }

    /// <summary>An operation that finds what it takes on the stack.</summary>
    public void Add(string name, int takes = 0, int gives = 0)
    {
        _all.Add(new Instruction(name));
        Height += gives - takes;
    }

    /// <summary>An operation with its arguments.</summary>
    public void Call(string name, int gives, params ReadOnlySpan<TupleValue> arguments)
    {
        Push(arguments);
        Add(name, arguments.Length, gives);
    }

    /// <summary>The tuple and, on top of it, its length.</summary>
    public void PushTuple(params ReadOnlySpan<TupleValue> tuple)
    {
        Push(tuple);
        Push(tuple.Length);
    }

    public void Swap(int depth)
    {
        if (depth > 0)
            Call("SWAP", 0, depth);
    }

    /// <summary>The item on top is a promise: it must be kept before its transaction comes to an end.</summary>
    public void Promise() => _promises.Add(Height);

    /// <summary>Waits for all promises, wherever they lie on the stack.</summary>
    public void AwaitPromises()
    {
        foreach (var height in _promises)
        {
            Swap(Height - height);
            Add("WAIT_FUTURE");
            Swap(Height - height);
        }
        _promises.Clear();
    }

    /// <summary>Commits, and leaves the transaction as a new one.</summary>
    public void Commit()
    {
        AwaitPromises();
        Add("COMMIT", gives: 1);
        Add("WAIT_FUTURE");
        Add("RESET");
    }

    /// <summary>Logs all that lies on the stack.</summary>
    public void Log(Subspace log)
    {
        AwaitPromises();
        Call("LOG_STACK", 0, log.Prefix);
        Height = 0;
    }
}
