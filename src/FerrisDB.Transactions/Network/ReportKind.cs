namespace FerrisDB.Transactions;

/// <summary>What can be asked about a server. The numbers are part of the protocol.</summary>
internal enum ReportKind : byte
{
    /// <summary>How it is: FerrisDB's own document.</summary>
    Status = 1,

    /// <summary>How it is, in the form of FoundationDB's status, without what only the client knows.</summary>
    FoundationStatus = 2,

    /// <summary>The keys that are read and written most.</summary>
    HotKeys = 3,
}
