using FerrisDB.Transactions;
using static FerrisDB.Tests.Transactions.KeySet;

namespace FerrisDB.Tests.Transactions;

/// <summary>Which keys a call reads and writes in the sense of conflicts: the contract's table, exactly.</summary>
internal static class ModelConflicts
{
    /// <summary>Adds what a step makes the transaction depend on.</summary>
    public static void AddReads(HistoryStep step, ModelView view, KeySet reads)
    {
        if (step.IsQuiet || step.Error is not null)
            return;
        switch (step.Kind)
        {
            case HistoryStepKind.Get:
                reads.AddWithout(step.Key, step.Key + '\0', view.Decided);
                break;
            case HistoryStepKind.GetKey:
                var found = step.Found!;
                if (step.Begin.Offset <= 0)
                    reads.AddWithout(found, step.Begin.Key, view.Decided);
                else
                    reads.AddWithout(
                        step.Begin.Key, found == ModelView.MaxKey ? found : found + '\0', view.Decided);
                break;
            case HistoryStepKind.GetPage:
                var (from, to) = OfPage(step, view);
                reads.AddWithout(from, to, view.Decided);
                break;
            case HistoryStepKind.ReadConflict:
                reads.AddWithout(step.Key, step.Operand, view.Decided);
                break;
        }
    }

    /// <summary>Adds what a step makes others conflict with.</summary>
    public static void AddWrites(HistoryStep step, byte[]? stamp, KeySet writes)
    {
        if (step.Kind == HistoryStepKind.WriteConflict)
            writes.Add(step.Key, step.Operand);
        if (step.Kind != HistoryStepKind.Write)
            return;
        if (step.Mutation == MutationKind.SetVersionstampedKey)
        {
            if (stamp is not null)
                writes.AddKey(ModelView.StampedKey(step, stamp));
        }
        else if (step.IsQuiet)
            return;
        else if (step.Mutation == MutationKind.ClearRange)
            writes.Add(step.Key, step.Operand);
        else
            writes.AddKey(step.Key);
    }

    // As FoundationDB has it. Which rows lie between two selectors is a matter of how many keys lie between their keys,
    // unless one of them runs off the end of all keys.
    private static (string From, string To) OfPage(HistoryStep step, ModelView view)
    {
        var (begin, end, rows) = (step.Begin, step.End, step.Rows);
        if (begin.Offset >= end.Offset && string.CompareOrdinal(begin.Key, end.Key) >= 0)
            return ("", "");
        var (from, to) = (Earlier(begin.Key, end.Key), Later(begin.Key, end.Key));
        if (from == begin.Key && step.More && !step.Reverse && end.Offset > 0)
            to = begin.Key;
        if (from == begin.Key && step.More && step.Reverse && begin.Offset <= 0)
            from = end.Key;
        var isLowReached = !step.Reverse || !step.More;
        if (isLowReached && begin.Offset <= 0 && view.Resolve(begin).Length == 0)
            from = "";
        var isHighReached = step.Reverse || !step.More;
        if (isHighReached && end.Offset > 0 && view.Resolve(end) == ModelView.MaxKey && end.Offset != 1)
            to = ModelView.MaxKey;
        if (rows.Count > 0)
        {
            from = Earlier(from, step.Reverse ? rows[^1].Key : rows[0].Key);
            to = Later(to, (step.Reverse ? rows[0].Key : rows[^1].Key) + '\0');
        }
        return (from, to);
    }
}
