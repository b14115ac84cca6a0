using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

/// <summary>One value for each slot of a <see cref="ConflictNode"/>, within the node.</summary>
[InlineArray(ConflictNode.SlotCount)]
internal struct SlotArray<T>
{
    private T _first;
}
