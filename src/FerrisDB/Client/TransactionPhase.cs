namespace FerrisDB;

/// <summary>Where a transaction is in its life.</summary>
internal enum TransactionPhase : byte
{
    /// <summary>It reads and writes.</summary>
    Active,

    /// <summary>It is being committed.</summary>
    Committing,

    /// <summary>Its commit has ended, well or not: only a reset or a retry makes it usable again.</summary>
    Ended,

    /// <summary>It was cancelled, or gave up after an error.</summary>
    Cancelled,

    /// <summary>It was disposed.</summary>
    Disposed,
}
