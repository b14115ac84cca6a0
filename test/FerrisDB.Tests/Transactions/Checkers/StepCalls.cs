using FerrisDB.Transactions;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Transactions;

/// <summary>Makes the calls that steps describe.</summary>
internal static class StepCalls
{
    /// <summary>Reads, and notes in the step what was read.</summary>
    public static async ValueTask ReadAsync(Transaction transaction, HistoryStep step)
    {
        IReadTransaction reads = step.IsQuiet ? transaction.Snapshot : transaction;
        switch (step.Kind)
        {
            case HistoryStepKind.Get:
                step.Found = await reads.GetAsync(Bytes(step.Key)) is { } value ? Text(value) : null;
                break;
            case HistoryStepKind.GetKey:
                step.Found = Text(await reads.GetKeyAsync(ToSelector(step.Begin)));
                break;
            default:
                var options = new RangeOptions { Limit = step.Limit, Reverse = step.Reverse, Mode = step.Mode };
                var page = await reads.GetPageAsync(ToSelector(step.Begin), ToSelector(step.End), options);
                step.Rows = [.. page.Select(row => KeyValuePair.Create(Text(row.Key.Span), Text(row.Value.Span)))];
                step.More = page.More;
                break;
        }
    }

    /// <summary>Writes, or declares a conflict.</summary>
    public static void Write(Transaction transaction, HistoryStep step)
    {
        var (key, operand) = (Bytes(step.Key), Bytes(step.Operand));
        if (step.Kind == HistoryStepKind.ReadConflict)
            transaction.AddReadConflictRange(key, operand);
        else if (step.Kind == HistoryStepKind.WriteConflict)
            transaction.AddWriteConflictRange(key, operand);
        else
            Mutate(transaction, step, key, operand);
    }

    private static void Mutate(Transaction transaction, HistoryStep step, byte[] key, byte[] operand)
    {
        if (step.IsQuiet)
            transaction.SetOption(TransactionOption.NextWriteNoWriteConflictRange);
        switch (step.Mutation)
        {
            case MutationKind.Set:
                transaction.Set(key, operand);
                break;
            case MutationKind.Clear:
                transaction.Clear(key);
                break;
            case MutationKind.ClearRange:
                transaction.ClearRange(key, operand);
                break;
            default:
                transaction.Atomic((MutationType)step.Mutation, key, operand);
                break;
        }
    }

    private static KeySelector ToSelector(ModelSelector selector) => selector.Key.EndsWith('\0')
        ? new KeySelector(Bytes(selector.Key[..^1]), true, selector.Offset)
        : new KeySelector(Bytes(selector.Key), false, selector.Offset);
}
