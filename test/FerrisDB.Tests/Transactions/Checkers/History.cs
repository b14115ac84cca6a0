namespace FerrisDB.Tests.Transactions;

/// <summary>What many transactions did, on one thread or on several.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class History
{
    private readonly Lock _lock = new();
    private readonly List<HistoryTransaction> _transactions = [];
    private long _acknowledged;
    private long _moment;

    public IReadOnlyList<HistoryTransaction> Transactions
    {
        get
        {
            lock (_lock)
                return [.. _transactions];
        }
    }

    public HistoryTransaction Begin()
    {
        lock (_lock)
        {
            var begun = new HistoryTransaction(_transactions.Count + 1) { AcknowledgedBefore = _acknowledged };
            _transactions.Add(begun);
            return begun;
        }
    }

    /// <summary>Before the commit is called.</summary>
    public void CommitBegins(HistoryTransaction transaction)
    {
        lock (_lock)
            transaction.CommitBegan = ++_moment;
    }

    /// <summary>After the commit has been answered.</summary>
    public void CommitEnded(HistoryTransaction transaction)
    {
        lock (_lock)
        {
            transaction.CommitEnded = ++_moment;
            _acknowledged = Math.Max(_acknowledged, transaction.CommitVersion);
        }
    }
}
