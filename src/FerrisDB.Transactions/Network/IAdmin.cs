namespace FerrisDB.Transactions;

/// <summary>Who answers for a process as a whole: how it is, and what an operator wants of it.</summary>
/// <remarks>Thread-safe. Must not wait: it is asked by threads that serve others.</remarks>
internal interface IAdmin
{
    /// <summary>A document in JSON, UTF-8.</summary>
    byte[] Report(ReportKind kind);

    /// <summary>Does it, or begins to. Returns what there is to say about it.</summary>
    /// <exception cref="FerrisException">It cannot be done.</exception>
    string Order(AdminOrder order, string argument);
}
