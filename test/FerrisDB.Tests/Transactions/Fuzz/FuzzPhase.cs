namespace FerrisDB.Tests.Transactions;

/// <summary>Where a transaction must be in its life, when each call ends before the next begins.</summary>
internal enum FuzzPhase
{
    Active,
    Ended,
    Cancelled,
}
