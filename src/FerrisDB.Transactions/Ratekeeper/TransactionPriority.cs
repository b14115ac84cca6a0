namespace FerrisDB.Transactions;

/// <summary>Who starts first when not all may.</summary>
internal enum TransactionPriority : byte
{
    Default = 0,

    /// <summary>Work that can wait: it starts with what the others leave.</summary>
    Batch = 1,

    /// <summary>Starts at once, whatever there is.</summary>
    Immediate = 2,
}
