using System.CommandLine;
using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Combines a key's value with an operand.</summary>
internal sealed class AtomicCommand() : Verb(
    "atomic", "Combines a key's value with an operand, without reading it.", DatabaseAccess.Create)
{
    private readonly Argument<string> _operation = new("op")
    {
        Description = "What to do: add, bit_and, bit_or, bit_xor, append_if_fits, max, min, byte_min, byte_max, "
            + "compare_and_clear, set_versionstamped_key or set_versionstamped_value.",
    };

    private readonly Argument<string> _key = new("key") { Description = @"The key; \xNN writes a byte." };
    private readonly Argument<string> _operand = new("operand") { Description = "A whole number, or bytes." };

    private readonly Option<OperandKind?> _as = Choice.Of<OperandKind>(
        "--as", "What the operand is, if it looks like the other: a number of 8 bytes, little-endian, or bytes.");

    private readonly Option<Durability?> _durability = DurabilityOption.Create();

    public override IReadOnlyList<string> Examples =>
    [
        "add visits 1", @"bit_or flags \x04", "max best 4711", "append_if_fits log ' more'",
        """set_versionstamped_key '("log", versionstamp(incomplete:0))' hello""",
    ];

    public override string Notes => """
        Two of them never conflict, since nothing is read. For add, max, min and the bit operations a whole number is
        one of 8 bytes, little-endian; `get --number` prints it. Otherwise the operand is text, where \xNN writes a
        byte. set_versionstamped_key and _value replace 10 bytes by the version of the commit: 4 bytes at the end of the
        key or operand tell where they are; a key that is a tuple with an incomplete versionstamp needs none.
        """;

    public override IReadOnlyList<string> FirstWords => SnakeCase<MutationType>.Names;

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_operation);
        command.Add(_key);
        command.Add(_operand);
        command.Add(_as);
        command.Add(_durability);
    }

    public override int Run(VerbContext context)
    {
        var operation = SnakeCase<MutationType>.Parse(context.Value(_operation)!, "atomic operation");
        var key = operation == MutationType.SetVersionstampedKey
            ? KeyWord.ParseVersionstamped(context.Value(_key)!, context.Session)
            : context.Key(_key);
        var operand = OperandOf(operation, context.Value(_operand)!, context.Value(_as));
        return context.Write(transaction => transaction.Atomic(operation, key, operand), context.Value(_durability));
    }

    private static byte[] OperandOf(MutationType operation, string text, OperandKind? kind)
    {
        var worksOnNumbers = operation is MutationType.Add or MutationType.BitAnd or MutationType.BitOr
            or MutationType.BitXor or MutationType.Max or MutationType.Min;
        kind ??= worksOnNumbers ? null : OperandKind.Bytes;
        if (kind == OperandKind.Bytes)
            return EscapedText.Parse(text);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return BitConverter.GetBytes(number);
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
            return BitConverter.GetBytes(large);
        return kind is null
            ? EscapedText.Parse(text)
            : throw new UsageException($"'{text}' is no whole number of 8 bytes.");
    }
}
