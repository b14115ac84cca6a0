namespace FerrisDB.Tests.Transactions;

/// <summary>What a transaction did in one call.</summary>
internal enum HistoryStepKind
{
    Get,
    GetKey,
    GetPage,
    Write,
    ReadConflict,
    WriteConflict,
}
