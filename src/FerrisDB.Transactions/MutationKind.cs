namespace FerrisDB.Transactions;

/// <summary>
/// Kinds of <see cref="MutationView"/>. The codes of atomic operations are those of <see cref="MutationType"/>.
/// </summary>
internal enum MutationKind
{
    /// <summary>Gives a key a value.</summary>
    Set = 0,

    /// <summary>Removes a range of keys.</summary>
    ClearRange = 1,

    /// <summary>Removes a key.</summary>
    Clear = 3,

    /// <inheritdoc cref="MutationType.Add"/>
    Add = MutationType.Add,

    /// <inheritdoc cref="MutationType.BitAnd"/>
    BitAnd = MutationType.BitAnd,

    /// <inheritdoc cref="MutationType.BitOr"/>
    BitOr = MutationType.BitOr,

    /// <inheritdoc cref="MutationType.BitXor"/>
    BitXor = MutationType.BitXor,

    /// <inheritdoc cref="MutationType.AppendIfFits"/>
    AppendIfFits = MutationType.AppendIfFits,

    /// <inheritdoc cref="MutationType.Max"/>
    Max = MutationType.Max,

    /// <inheritdoc cref="MutationType.Min"/>
    Min = MutationType.Min,

    /// <inheritdoc cref="MutationType.SetVersionstampedKey"/>
    SetVersionstampedKey = MutationType.SetVersionstampedKey,

    /// <inheritdoc cref="MutationType.SetVersionstampedValue"/>
    SetVersionstampedValue = MutationType.SetVersionstampedValue,

    /// <inheritdoc cref="MutationType.ByteMin"/>
    ByteMin = MutationType.ByteMin,

    /// <inheritdoc cref="MutationType.ByteMax"/>
    ByteMax = MutationType.ByteMax,

    /// <inheritdoc cref="MutationType.CompareAndClear"/>
    CompareAndClear = MutationType.CompareAndClear,
}
