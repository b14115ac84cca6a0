namespace FerrisDB.Tests.Transactions;

/// <summary>Where a transaction must be in its life.</summary>
internal enum ImpatientPhase
{
    Active,
    Committing,
    Ended,
    Cancelled,
}
