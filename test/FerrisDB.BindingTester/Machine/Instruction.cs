using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// In the database an instruction is the value of the key (PREFIX, number), a packed tuple: its name as a string, and
// the argument behind it if it has one. As text it is the same words:
//
//     PUSH b"\x00key"
//     GET_RANGE_SNAPSHOT

/// <summary>One step of a stack machine: a name, and for PUSH what is pushed.</summary>
internal sealed record Instruction(string Name, TupleValue? Argument = null)
{
    public const string PushName = "PUSH";

    public static Instruction Push(TupleValue argument) => new(PushName, argument);

    public byte[] Pack()
    {
        if (Argument is not { } argument)
            return TupleEncoding.Pack(Name);
        // A key with an incomplete versionstamp can only be packed together with the place of it: four bytes more.
        return argument.TryAs<Versionstamp>(out var stamp) && !stamp.IsComplete
            ? TupleEncoding.PackWithVersionstamp(Name, argument)[..^sizeof(int)]
            : TupleEncoding.Pack(Name, argument);
    }

    public static Instruction Unpack(ReadOnlySpan<byte> packed)
    {
        var elements = TupleEncoding.Unpack(packed);
        return new Instruction(elements[0].As<string>(), elements.Length > 1 ? elements[1] : (TupleValue?)null);
    }

    public static Instruction Parse(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0
            ? new Instruction(line)
            : new Instruction(line[..blank], TupleText.Parse($"({line.AsSpan(blank + 1)})")[0]);
    }

    public override string ToString() => Argument is { } argument ? $"{Name} {argument}" : Name;
}
