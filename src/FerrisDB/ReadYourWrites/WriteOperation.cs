namespace FerrisDB;

/// <summary>One operation on one key; those of a key are a chain from the newest to the oldest.</summary>
/// <remarks>
/// Never changed once it is made: a read that waits for the database keeps the number of the newest one, and later
/// writes do not disturb it.
/// </remarks>
internal readonly record struct WriteOperation
{
    /// <summary>Set, Clear, an atomic operation on a value, or SetVersionstampedValue.</summary>
    public required MutationKind Kind { get; init; }

    /// <summary>
    /// Whether it is committed among the late mutations, in their order, instead of at its place by key.
    /// </summary>
    public required bool IsLate { get; init; }

    public int OperandOffset { get; init; }

    public int OperandLength { get; init; }

    /// <summary>Bytes that may follow the operand in the arena without being anybody's.</summary>
    public int SpareBytes { get; init; }

    /// <summary>The operation before, or <see cref="WriteEntry.NoOperation"/>.</summary>
    public required int Previous { get; init; }

    /// <summary>Whether the result does not depend on what was there.</summary>
    public bool IsIndependent =>
        Kind is MutationKind.Set or MutationKind.Clear or MutationKind.SetVersionstampedValue;
}
