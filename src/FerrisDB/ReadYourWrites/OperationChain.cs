namespace FerrisDB;

/// <summary>
/// Puts an operation on top of those that a key has, so that the chain stays as short as it can be.
/// </summary>
/// <remarks>
/// An atomic operation on a value that is known gives a known value. Two of the same kind become one where that is the
/// same for every value of the database: numbers of equal length, and ByteMin and ByteMax. Appends stay apart: whether
/// they fit depends on the value.
/// </remarks>
internal sealed class OperationChain(WriteStore store, int valueSizeLimit)
{
    private byte[] _scratch = [];
    private byte[] _otherScratch = [];

    /// <summary>The operations of the chain that was gathered last, oldest first.</summary>
    public RecordList<int> Gathered { get; } = new();

    /// <summary>
    /// Adds an atomic operation to a chain that is readable and returns the new chain. The top of a chain is its newest
    /// operation or <see cref="WriteEntry.NoOperation"/>; a cleared key without operations is known to be absent.
    /// </summary>
    public int Add(int top, bool isCleared, MutationKind kind, ReadOnlySpan<byte> operand, bool isLate)
    {
        if (top == WriteEntry.NoOperation)
            return isCleared ? EvaluateAbsent(top, kind, operand, isLate) : Push(top, kind, operand, isLate);
        var operation = store.Operations[top];
        if (operation.Kind == MutationKind.Clear)
            return EvaluateAbsent(top, kind, operand, isLate);
        if (operation.Kind == MutationKind.Set)
            return EvaluateKnown(top, operation, kind, operand, isLate);
        var areOne = operation.Kind == kind && operation.IsLate == isLate
            && AreOne(kind, operation.OperandLength, operand.Length);
        return areOne
            ? Combine(operation, operand)
            : Push(top, kind, operand, isLate);
    }

    /// <summary>Adds an operation without looking at what is there.</summary>
    public int Push(int top, MutationKind kind, ReadOnlySpan<byte> operand, bool isLate) =>
        store.AddOperation(kind, operand, top, isLate);

    /// <summary>Collects a chain in <see cref="Gathered"/>, from its last independent operation on.</summary>
    public void Gather(int top)
    {
        Gathered.Clear();
        for (var each = top; each != WriteEntry.NoOperation; each = store.Operations[each].Previous)
        {
            Gathered.Add(each);
            if (store.Operations[each].IsIndependent)
                break;
        }
        Gathered.Records.Reverse();
    }

    /// <summary>
    /// Evaluates a chain on what the database has; returns whether there is a value then, valid until the next call.
    /// </summary>
    public bool Evaluate(int top, bool isPresent, ReadOnlySpan<byte> value, out ReadOnlySpan<byte> result)
    {
        Gather(top);
        result = value;
        foreach (var each in Gathered.Records)
        {
            var kind = store.Operations[each].Kind;
            var operand = store.Operand(each);
            if (store.Operations[each].IsIndependent)
            {
                isPresent = kind != MutationKind.Clear;
                result = operand;
                continue;
            }
            var needed = AtomicOps.ResultBytesMax(kind, result.Length, operand.Length);
            if (_scratch.Length < needed)
                _scratch = new byte[Math.Max(needed, _scratch.Length * 2)];
            isPresent = AtomicOps.Apply(
                kind, isPresent, result, operand, valueSizeLimit, _scratch, out var length);
            result = _scratch.AsSpan(0, length);
            (_scratch, _otherScratch) = (_otherScratch, _scratch);
        }
        return isPresent;
    }

    private static bool AreOne(MutationKind kind, int operandLength, int newOperandLength)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.OperationsOfAnyLengthAreOne)
            newOperandLength = operandLength;
#endif
        return kind switch
        {
            MutationKind.ByteMin or MutationKind.ByteMax => true,
            MutationKind.AppendIfFits or MutationKind.CompareAndClear => false,
            _ => operandLength == newOperandLength,
        };
    }

    private int EvaluateAbsent(int top, MutationKind kind, ReadOnlySpan<byte> operand, bool isLate)
    {
        if (kind != MutationKind.CompareAndClear)
            return Push(WriteEntry.NoOperation, MutationKind.Set, operand, isLate);
        return top != WriteEntry.NoOperation ? top : Push(top, MutationKind.Clear, [], isLate);
    }

    private int EvaluateKnown(
        int top, WriteOperation known, MutationKind kind, ReadOnlySpan<byte> operand, bool isLate)
    {
        var value = store.Bytes.Slice(known.OperandOffset, known.OperandLength);
        switch (kind)
        {
            case MutationKind.AppendIfFits:
                return operand.Length <= valueSizeLimit - value.Length ? Append(known, operand, isLate) : top;
            case MutationKind.CompareAndClear when !value.SequenceEqual(operand):
                return top;
            case MutationKind.CompareAndClear:
                return Push(WriteEntry.NoOperation, MutationKind.Clear, [], isLate);
            default:
                return Result(kind, MutationKind.Set, value, operand, WriteEntry.NoOperation, isLate);
        }
    }

    private int Combine(WriteOperation operation, ReadOnlySpan<byte> operand) =>
        Result(operation.Kind, operation.Kind, store.Bytes.Slice(operation.OperandOffset, operation.OperandLength),
            operand, operation.Previous, operation.IsLate);

    // An operation whose operand is what another operation makes of a value.
    private int Result(
        MutationKind evaluated, MutationKind kind, ReadOnlySpan<byte> value, ReadOnlySpan<byte> operand, int previous,
        bool isLate)
    {
        var offset = store.Bytes.Length;
        var room = store.Bytes.Reserve(AtomicOps.ResultBytesMax(evaluated, value.Length, operand.Length));
        AtomicOps.Apply(evaluated, isPresent: true, value, operand, valueSizeLimit, room, out var length);
        store.Bytes.Truncate(offset + length);
        return store.Operations.Add(new WriteOperation
        {
            Kind = kind,
            IsLate = isLate,
            OperandOffset = offset,
            OperandLength = length,
            Previous = previous,
        });
    }

    // A value that is appended to again and again is not copied each time: it moves when its room is used up, to twice
    // as much. The bytes behind what older operations call their operand are nobody else's.
    private int Append(WriteOperation known, ReadOnlySpan<byte> operand, bool isLate)
    {
        var length = known.OperandLength + operand.Length;
        var offset = known.OperandOffset;
        var spareBytes = known.SpareBytes - operand.Length;
        if (spareBytes < 0)
        {
            offset = store.Bytes.Length;
            spareBytes = Math.Min(length, valueSizeLimit - length);
            var value = store.Bytes.Slice(known.OperandOffset, known.OperandLength);
            value.CopyTo(store.Bytes.Reserve(length + spareBytes));
        }
        operand.CopyTo(store.Bytes.Writable(offset + known.OperandLength, operand.Length));
        return store.Operations.Add(new WriteOperation
        {
            Kind = MutationKind.Set,
            IsLate = isLate,
            OperandOffset = offset,
            OperandLength = length,
            SpareBytes = spareBytes,
            Previous = WriteEntry.NoOperation,
        });
    }
}
