namespace FerrisDB;

/// <summary>What a <see cref="WriteMap"/> consists of: entries, operations, and the bytes of both.</summary>
internal sealed class WriteStore
{
    public ByteArena Bytes { get; } = new();

    public RecordList<WriteEntry> Entries { get; } = new();

    public RecordList<WriteOperation> Operations { get; } = new();

    public ReadOnlySpan<byte> Key(int entry)
    {
        ref var record = ref Entries[entry];
        return Bytes.Slice(record.KeyOffset, record.KeyLength);
    }

    /// <summary>The next greater key: the key and a zero.</summary>
    public ReadOnlySpan<byte> KeyAfter(int entry)
    {
        ref var record = ref Entries[entry];
        return Bytes.Slice(record.KeyOffset, record.KeyLength + 1);
    }

    public ReadOnlySpan<byte> Operand(int operation)
    {
        ref var record = ref Operations[operation];
        return Bytes.Slice(record.OperandOffset, record.OperandLength);
    }

    public int AddEntry(ReadOnlySpan<byte> key, WriteEntryFlags flags) => Entries.Add(new WriteEntry
    {
        KeyOffset = Bytes.AppendKey(key),
        KeyLength = key.Length,
        Operation = WriteEntry.NoOperation,
        Flags = flags,
    });

    public int AddOperation(MutationKind kind, ReadOnlySpan<byte> operand, int previous, bool isLate) =>
        Operations.Add(new WriteOperation
        {
            Kind = kind,
            IsLate = isLate,
            OperandOffset = Bytes.Append(operand),
            OperandLength = operand.Length,
            Previous = previous,
        });

    public void CopyFrom(WriteStore other)
    {
        Bytes.CopyFrom(other.Bytes);
        Entries.CopyFrom(other.Entries);
        Operations.CopyFrom(other.Operations);
    }

    public void Clear()
    {
        Bytes.Clear();
        Entries.Clear();
        Operations.Clear();
    }
}
