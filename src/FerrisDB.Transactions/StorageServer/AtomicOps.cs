using System.Buffers.Binary;

namespace FerrisDB.Transactions;

/// <summary>
/// What an atomic operation makes of a value: a pure function of the value that is there, if any, and the operand.
/// </summary>
/// <remarks>
/// Operations on numbers read both as little-endian and unsigned, and answer with as many bytes as the operand has:
/// the value is cut or filled up with zeros. The versionstamped operations are no functions of the value, see
/// <see cref="VersionstampOperand"/>.
/// </remarks>
internal static class AtomicOps
{
    // What FoundationDB's clients make of Min and And from API version 510 on.
    private const MutationKind MinV2 = (MutationKind)18;
    private const MutationKind AndV2 = (MutationKind)19;

    /// <summary>Whether <see cref="Apply"/> knows the operation.</summary>
    public static bool Includes(MutationKind kind) => kind is MutationKind.Add or MutationKind.BitAnd
        or MutationKind.BitOr or MutationKind.BitXor or MutationKind.AppendIfFits or MutationKind.Max
        or MutationKind.Min or MutationKind.ByteMin or MutationKind.ByteMax or MutationKind.CompareAndClear;

    /// <summary>
    /// An operation under the code that it goes by here: FoundationDB has two for some, since their old forms are
    /// still in its logs.
    /// </summary>
    public static MutationKind Canonical(MutationKind kind) => kind switch
    {
        MinV2 => MutationKind.Min,
        AndV2 => MutationKind.BitAnd,
        _ => kind,
    };

    /// <summary>How many bytes of destination <see cref="Apply"/> may need.</summary>
    public static int ResultBytesMax(MutationKind kind, int valueBytes, int operandBytes) =>
        kind == MutationKind.AppendIfFits ? valueBytes + operandBytes : Math.Max(valueBytes, operandBytes);

    /// <summary>Evaluates one operation.</summary>
    /// <param name="kind">One of those that <see cref="Includes"/> is true for.</param>
    /// <param name="isPresent">Whether there is a value; an empty value is one.</param>
    /// <param name="value">The value; ignored if there is none.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="valueSizeLimit">What <see cref="MutationKind.AppendIfFits"/> must fit into, in bytes.</param>
    /// <param name="destination">
    /// Takes the result; at least <see cref="ResultBytesMax"/> bytes that share nothing with value and operand.
    /// </param>
    /// <param name="length">The bytes of the result.</param>
    /// <returns>Whether the key has a value afterwards.</returns>
    public static bool Apply(
        MutationKind kind, bool isPresent, ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, int valueSizeLimit,
        Span<byte> destination, out int length)
    {
        if (kind == MutationKind.CompareAndClear)
        {
            length = 0;
            if (!isPresent || value.SequenceEqual(operand))
                return false;
            length = Copy(value, destination);
            return true;
        }
        length = isPresent ? Evaluate(kind, value, operand, valueSizeLimit, destination) : Copy(operand, destination);
        return true;
    }

    private static int Evaluate(
        MutationKind kind, ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, int valueSizeLimit,
        Span<byte> destination)
    {
        switch (kind)
        {
            case MutationKind.Add:
                return Add(value, operand, destination);
            case MutationKind.BitAnd:
                return BitAnd(value, operand, destination);
            case MutationKind.BitOr:
                return BitOr(value, operand, destination);
            case MutationKind.BitXor:
                return BitXor(value, operand, destination);
            case MutationKind.AppendIfFits:
                var end = Copy(value, destination);
                var fits = operand.Length <= valueSizeLimit - value.Length;
                return fits ? end + Copy(operand, destination[end..]) : end;
            case MutationKind.Max:
                return CompareAsNumbers(value, operand) > 0
                    ? CopyResized(value, operand.Length, destination)
                    : Copy(operand, destination);
            case MutationKind.Min:
                return CompareAsNumbers(value, operand) < 0
                    ? CopyResized(value, operand.Length, destination)
                    : Copy(operand, destination);
            case MutationKind.ByteMin:
                return Copy(value.SequenceCompareTo(operand) < 0 ? value : operand, destination);
            case MutationKind.ByteMax:
                return Copy(value.SequenceCompareTo(operand) > 0 ? value : operand, destination);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no atomic operation on a value.");
        }
    }

    private static int Add(ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, Span<byte> destination)
    {
        // Almost every counter has eight bytes.
        if (value.Length == sizeof(ulong) && operand.Length == sizeof(ulong))
        {
            var sum = BinaryPrimitives.ReadUInt64LittleEndian(value)
                + BinaryPrimitives.ReadUInt64LittleEndian(operand);
            BinaryPrimitives.WriteUInt64LittleEndian(destination, sum);
            return sizeof(ulong);
        }
        var shared = Math.Min(value.Length, operand.Length);
        var carry = 0;
        for (var index = 0; index < operand.Length; index++)
        {
            var sum = operand[index] + carry + (index < shared ? value[index] : 0);
            destination[index] = (byte)sum;
            carry = sum >> 8;
        }
        return operand.Length;
    }

    private static int BitAnd(ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, Span<byte> destination)
    {
        var shared = Math.Min(value.Length, operand.Length);
        for (var index = 0; index < shared; index++)
            destination[index] = (byte)(value[index] & operand[index]);
        destination[shared..operand.Length].Clear();
        return operand.Length;
    }

    private static int BitOr(ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, Span<byte> destination)
    {
        var shared = Math.Min(value.Length, operand.Length);
        for (var index = 0; index < shared; index++)
            destination[index] = (byte)(value[index] | operand[index]);
        return shared + Copy(operand[shared..], destination[shared..]);
    }

    private static int BitXor(ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, Span<byte> destination)
    {
        var shared = Math.Min(value.Length, operand.Length);
        for (var index = 0; index < shared; index++)
            destination[index] = (byte)(value[index] ^ operand[index]);
        return shared + Copy(operand[shared..], destination[shared..]);
    }

    // Bytes of the value beyond the operand's length do not count; missing ones are zero.
    private static int CompareAsNumbers(ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand)
    {
        for (var index = operand.Length - 1; index >= 0; index--)
        {
            var order = (index < value.Length ? value[index] : 0) - operand[index];
            if (order != 0)
                return order;
        }
        return 0;
    }

    private static int CopyResized(ReadOnlySpan<byte> value, int length, Span<byte> destination)
    {
        var shared = Copy(value[..Math.Min(value.Length, length)], destination);
        destination[shared..length].Clear();
        return length;
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source.CopyTo(destination);
        return source.Length;
    }
}
