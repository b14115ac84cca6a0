namespace FerrisDB;

/// <summary>Finds the keys that selectors describe.</summary>
internal readonly struct SelectorSearch(TransactionContext context)
{
    private const int PageRowsMax = 10_000;

    /// <summary>
    /// The key of a selector; empty before the first key, the end of all that may be read behind the last.
    /// </summary>
    public async ValueTask<byte[]> FindAsync(NormalSelector selector, bool seesOwnWrites)
    {
        var max = KeyLimits.End(context.Settings.CanReadSystemKeys);
        return selector.Offset > 0
            ? await StepAsync(selector.Key, max, selector.Offset, reverse: false, seesOwnWrites) ?? max
            : await StepAsync([], selector.Key, 1L - selector.Offset, reverse: true, seesOwnWrites) ?? [];
    }

    /// <summary>As <see cref="FindAsync"/>, for a bound of a range: it need not be a key that exists.</summary>
    public ValueTask<byte[]> BoundAsync(NormalSelector selector, bool seesOwnWrites) =>
        selector.IsKeyItself
            ? ValueTask.FromResult(KeyLimits.Clamp(selector.Key, context.Settings.CanReadSystemKeys))
            : FindAsync(selector, seesOwnWrites);

    // The n-th key of a range in its direction, or null if there are fewer.
    private async ValueTask<byte[]?> StepAsync(byte[] begin, byte[] end, long count, bool reverse, bool seesOwnWrites)
    {
        if (begin.AsSpan().SequenceCompareTo(end) >= 0)
            return null;
        var rows = new RowBuffer();
        var merge = new RangeMerge(context, begin, end, reverse, keysOnly: true, seesOwnWrites);
        while (true)
        {
            rows.Clear();
            var more = await merge.ReadAsync(new PageLimits((int)Math.Min(count, PageRowsMax), int.MaxValue), rows);
            if (rows.Count == count)
                return rows.Key(rows.Count - 1).ToArray();
            if (!more)
                return null;
            count -= rows.Count;
        }
    }
}
