namespace FerrisDB.Tests.Transactions;

/// <summary>How a transaction ended.</summary>
internal enum HistoryOutcome
{
    /// <summary>Nobody tried to commit it.</summary>
    Abandoned,

    /// <summary>It committed; without a version if it wrote nothing.</summary>
    Committed,

    /// <summary>It conflicted.</summary>
    NotCommitted,

    /// <summary>Its commit failed otherwise, and certainly changed nothing.</summary>
    Failed,

    /// <summary>The crash came first: it is there whole or not at all.</summary>
    Unknown,
}
