namespace FerrisDB.Transactions;

/// <summary>
/// What makes the attempts to commit one transaction the same: however often it is sent, it is committed once.
/// </summary>
/// <param name="Version">
/// A version that the client knew when it first asked: ids sort by age, and old ones can be forgotten.
/// </param>
/// <param name="Client">A random number of the client.</param>
/// <param name="Number">The number of the transaction among those of the client.</param>
internal readonly record struct IdempotencyId(long Version, ulong Client, ulong Number)
{
    /// <summary>The transaction has no id: each attempt is one by itself.</summary>
    public bool IsNone => this == default;
}
