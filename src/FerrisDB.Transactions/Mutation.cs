namespace FerrisDB.Transactions;

/// <summary>What a transaction does to the database, one thing of it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">The key, or the begin of a range.</param>
/// <param name="Operand">The value, the operand, or the exclusive end of a range; empty for a clear.</param>
internal readonly record struct Mutation(MutationKind Kind, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Operand);
