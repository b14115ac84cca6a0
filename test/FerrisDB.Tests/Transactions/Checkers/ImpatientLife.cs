using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

/// <summary>A transaction from its creation or reset to the next, and what has to become of its calls.</summary>
internal sealed class ImpatientLife(HistoryTransaction record, ReadYourWritesOptions options)
{
    public HistoryTransaction Record => record;

    public ReadYourWritesOptions Options => options;

    public ImpatientPhase Phase { get; set; }

    /// <summary>It was reset, cancelled or disposed: what has not ended fails.</summary>
    public bool IsOver { get; set; }

    /// <summary>It was disposed; a commit that the roles have goes on all the same.</summary>
    public bool IsDisposed { get; set; }

    /// <summary>Somebody used it during its commit.</summary>
    public bool IsMisused { get; set; }

    /// <summary>What the roles have decided; null if they were never asked.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>What the commit failed with.</summary>
    public FerrisException? Failure { get; set; }

    /// <summary>What a call fails with that is made now; null if it may be made.</summary>
    public ErrorCode? Refusal => Phase switch
    {
        ImpatientPhase.Active => null,
        ImpatientPhase.Cancelled => ErrorCode.TransactionCancelled,
        _ => ErrorCode.UsedDuringCommit,
    };

    public void Decide(CommitTransaction commit)
    {
        Verdict = commit.Verdict;
        var isCommitted = commit.Verdict == FerrisDB.Transactions.Verdict.Committed;
        record.Outcome = isCommitted ? HistoryOutcome.Committed : HistoryOutcome.NotCommitted;
        record.CommitVersion = isCommitted ? commit.Version : -1;
    }

    /// <summary>What the commit must have failed with, by all that is known; null if it must have succeeded.</summary>
    public ErrorCode? ExpectedFailure()
    {
        var isAnswered = IsDisposed && Verdict is not null;
        if (IsOver && !isAnswered)
            return ErrorCode.TransactionCancelled;
        if (Verdict == FerrisDB.Transactions.Verdict.Conflict)
            return ErrorCode.NotCommitted;
        if (IsMisused)
            return ErrorCode.UsedDuringCommit;
        return Verdict is null ? record.Steps.Find(step => step.Error is not null)?.Error : null;
    }
}
