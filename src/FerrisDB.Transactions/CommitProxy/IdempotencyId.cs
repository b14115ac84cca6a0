namespace FerrisDB.Transactions;

/// <summary>
/// What makes the attempts to commit one transaction the same: however often it is sent, it is committed once.
/// </summary>
/// <param name="Version">
/// A version that the client knew when it first asked: ids sort by age, and old ones can be forgotten.
/// </param>
/// <param name="Client">A random number of the client.</param>
/// <param name="Number">
/// The slot of the transaction among those that the client has under way (24 bits), and a number that no other one has
/// in that slot (40 bits). To commit one says that nobody will ask about the last one of its slot any more.
/// </param>
internal readonly record struct IdempotencyId(long Version, ulong Client, ulong Number)
{
    /// <summary>The last slot.</summary>
    public const uint SlotMax = (1 << (64 - SlotShift)) - 1;

    private const int SlotShift = 40;

    /// <summary>The transaction has no id: each attempt is one by itself.</summary>
    public bool IsNone => this == default;

    public uint Slot => (uint)(Number >> SlotShift);

    /// <summary>An id of its parts; of the count the low 40 bits count.</summary>
    public static IdempotencyId Of(long version, ulong client, uint slot, ulong count) =>
        new(version, client, ((ulong)slot << SlotShift) | (count & ((1UL << SlotShift) - 1)));
}
