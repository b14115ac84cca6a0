namespace FerrisDB.Transactions;

/// <summary>What a transaction does to the database, one thing of it, in somebody else's memory.</summary>
internal readonly ref struct MutationView(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
{
    public MutationKind Kind => kind;

    /// <summary>The key, or the begin of a range.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>The value, the operand, or the exclusive end of a range; empty for a clear.</summary>
    public ReadOnlySpan<byte> Operand { get; } = operand;
}
