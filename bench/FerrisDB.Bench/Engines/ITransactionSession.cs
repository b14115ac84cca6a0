namespace FerrisDB.Bench;

/// <summary>One caller's transactions on an open database.</summary>
internal interface ITransactionSession
{
    /// <summary>True if a transaction holds its thread until it is done, so that each caller needs one.</summary>
    bool Blocks => true;

    /// <summary>True if two callers may undo each other's writes.</summary>
    bool IsUnisolated => false;

    /// <summary>
    /// Reads what the plan reads, lets it make its writes, writes and commits; all of it again as long as somebody else
    /// was first. Every attempt begins with <see cref="TransactionPlan.BeginAttempt"/>.
    /// </summary>
    /// <returns>Completed already, if it blocks.</returns>
    ValueTask RunAsync(TransactionPlan plan);

    /// <summary>Removes a range of keys in a transaction.</summary>
    /// <returns>False if the engine has nothing of the kind.</returns>
    bool TryClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) => false;

    /// <summary>Opens an empty database in memory; null if the engine cannot.</summary>
    IDisposable? OpenInMemory() => null;
}
