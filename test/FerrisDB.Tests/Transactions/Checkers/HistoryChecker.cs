using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Commit versions are the serial order, so nothing has to be searched for: the committed transactions are run one after
// the other on a model, and must read there what they have read.
//
//     state at R                          state at C
//     |---- own writes, reads of all ---->|---- own writes, reads but those of snapshots ---->
//           at the read version                 at the commit: nobody has written there between R and C
//
// And the other way round: who failed with a conflict had one, by the contract's table of conflict ranges.

/// <summary>Proves that a history of transactions is strictly serializable, or says where it is not.</summary>
internal sealed class HistoryChecker(
    string name, long firstVersion, IReadOnlyList<KeyValuePair<string, string>> firstRows)
{
    private readonly List<(long Version, IReadOnlyList<KeyValuePair<string, string>> Rows)> _states =
        [(firstVersion, firstRows)];

    private readonly List<(HistoryTransaction Transaction, KeySet Writes)> _writers = [];

    /// <summary>The state at a version.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RowsAt(long version) =>
        _states.Last(state => state.Version <= version).Rows;

    /// <summary>The version of the last commit.</summary>
    public long LastVersion => _states[^1].Version;

    public void Check(IReadOnlyCollection<HistoryTransaction> transactions)
    {
        foreach (var transaction in transactions.Where(each => each.CommitVersion >= 0)
            .OrderBy(each => each.CommitVersion))
            Commit(transaction);
        foreach (var transaction in transactions)
        {
            CheckTimes(transaction);
            CheckReads(transaction, RowsAt(Math.Max(transaction.ReadVersion, firstVersion)), withSnapshots: true);
            CheckConflict(transaction);
        }
    }

    /// <summary>Runs the next transaction in the serial order.</summary>
    public void Commit(HistoryTransaction transaction)
    {
        var version = transaction.CommitVersion;
        Require(version > LastVersion, transaction, $"commits at or below version {LastVersion}, which is taken");
        if (!IsOvertakenQuietly(transaction))
            CheckReads(transaction, _states[^1].Rows, withSnapshots: false);
        var stamp = ModelView.StampOf(version);
        if (transaction.Versionstamp is { } told)
            Require(told.AsSpan().SequenceEqual(stamp), transaction, "was told another versionstamp");
        var view = new ModelView(_states[^1].Rows, stamp, transaction.ReadVersion);
        var writes = new KeySet();
        foreach (var step in transaction.Steps)
        {
            ModelConflicts.AddWrites(step, stamp, writes);
            if (step.Kind == HistoryStepKind.Write)
                view.Apply(step);
        }
        _states.Add((version, view.Rows));
        _writers.Add((transaction, writes));
    }

    // Who writes without a conflict range asks for others to miss it.
    private bool IsOvertakenQuietly(HistoryTransaction transaction) => _writers.Exists(writer =>
        writer.Transaction.CommitVersion > transaction.ReadVersion
        && writer.Transaction.Steps.Exists(step => step.IsQuiet && step.Kind == HistoryStepKind.Write));

    private void CheckTimes(HistoryTransaction transaction)
    {
        if (transaction.ReadVersion < 0)
            return;
        Require(
            transaction.ReadVersion >= transaction.AcknowledgedBefore, transaction,
            "began after a commit that it does not see");
        Require(
            transaction.CommitVersion < 0 || transaction.CommitVersion > transaction.ReadVersion, transaction,
            "commits before it reads");
    }

    private void CheckReads(
        HistoryTransaction transaction, IReadOnlyList<KeyValuePair<string, string>> rows, bool withSnapshots)
    {
        var withoutWrites = new ModelView(rows, stamp: null, transaction.ReadVersion);
        var withWrites = new ModelView(rows, stamp: null, transaction.ReadVersion);
        foreach (var step in transaction.Steps)
        {
            if (step.Kind == HistoryStepKind.Write)
                withWrites.Apply(step);
            if (!step.IsRead || (step.IsQuiet && !withSnapshots))
                continue;
            var view = step.IgnoresOwnWrites ? withoutWrites : withWrites;
            if (step.Error is { } error)
            {
                var isExpected = (error == ErrorCode.AccessedUnreadable && view.HasUnreadable)
                    || (error == ErrorCode.TransactionTooOld && transaction.MayBeTooOld);
                Require(isExpected, transaction, $"may not fail so: {step}");
                continue;
            }
            var expected = Expected(step, view);
            var when = withSnapshots ? "at its read version" : "at its commit";
            Require(
                expected is null, transaction, $"has not read what is there {when}: {step}, expected {expected}");
        }
    }

    // Null if the step read what the view has.
    private static string? Expected(HistoryStep step, ModelView view)
    {
        if (step.Kind == HistoryStepKind.Get)
            return view.Get(step.Key) == step.Found ? null : view.Get(step.Key) ?? "nothing";
        if (step.Kind == HistoryStepKind.GetKey)
            return view.Resolve(step.Begin) == step.Found ? null : view.Resolve(step.Begin);
        var rows = view.Range(step.Begin, step.End, step.Reverse);
        // A page that says that it is the last one is; one that was cut short may have been the last by chance.
        var isRight = step.More
            ? step.Rows.Count > 0 && rows.Take(step.Rows.Count).SequenceEqual(step.Rows)
            : rows.SequenceEqual(step.Rows);
        isRight &= step.Limit == 0 || step.Rows.Count <= step.Limit;
        return isRight ? null : string.Join(' ', rows);
    }

    private void CheckConflict(HistoryTransaction transaction)
    {
        var hasCommitted = transaction.CommitVersion >= 0;
        if (!hasCommitted && transaction.Outcome != HistoryOutcome.NotCommitted)
            return;
        var rows = RowsAt(Math.Max(transaction.ReadVersion, firstVersion));
        var withoutWrites = new ModelView(rows, stamp: null, transaction.ReadVersion);
        var view = new ModelView(rows, stamp: null, transaction.ReadVersion);
        var reads = new KeySet();
        foreach (var step in transaction.Steps)
        {
            ModelConflicts.AddReads(step, step.IgnoresOwnWrites ? withoutWrites : view, reads);
            if (step.Kind == HistoryStepKind.Write)
                view.Apply(step);
        }
        var writers = _writers.Where(writer =>
            writer.Transaction.CommitVersion > transaction.ReadVersion
            && (!hasCommitted || writer.Transaction.CommitVersion < transaction.CommitVersion)
            && writer.Transaction.CommitBegan < transaction.CommitEnded
            && writer.Writes.Intersects(reads));
        var conflict = writers.FirstOrDefault();
        if (hasCommitted)
            Require(
                conflict.Transaction is null || transaction.ReadVersion < 0, transaction,
                $"reads {reads} and commits in spite of {conflict.Transaction} that writes {conflict.Writes}");
        else
            Require(conflict.Transaction is not null, transaction, $"reads {reads} and conflicts with nobody");
    }

    private void Require(bool isTrue, HistoryTransaction transaction, string problem)
    {
        if (!isTrue)
            Assert.Fail($"{name}: {problem}\n{transaction}");
    }
}
