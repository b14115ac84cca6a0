namespace FerrisDB.Transactions;

/// <summary>What a client says that a transaction belongs to.</summary>
/// <param name="Name">Its bytes.</param>
/// <param name="IsAutomatic">It may be throttled though no operator has said so.</param>
internal readonly record struct TransactionTag(byte[] Name, bool IsAutomatic);
