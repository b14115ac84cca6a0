namespace FerrisDB;

/// <summary>Finds the keys that selectors describe.</summary>
internal readonly struct SelectorSearch(TransactionContext context, ReadScope scope, ReadPoint at)
{
    private const int PageRowsMax = 10_000;

    /// <summary>
    /// The key of a selector; empty before the first key, the end of all that may be read behind the last.
    /// </summary>
    public async ValueTask<byte[]> FindAsync(NormalSelector selector) => selector.Offset > 0
        ? await StepAsync(selector.Key, scope.MaxKey, selector.Offset, reverse: false) ?? scope.MaxKey
        : await StepAsync([], selector.Key, 1L - selector.Offset, reverse: true) ?? [];

    /// <summary>As <see cref="FindAsync"/>, for a bound of a range: it need not be a key that exists.</summary>
    public ValueTask<byte[]> BoundAsync(NormalSelector selector) => selector.IsKeyItself
        ? ValueTask.FromResult(KeyLimits.Clamp(selector.Key, scope.WithSystemKeys))
        : FindAsync(selector);

    // The n-th key of a range in its direction, or null if there are fewer.
    private async ValueTask<byte[]?> StepAsync(byte[] begin, byte[] end, long count, bool reverse)
    {
        if (begin.AsSpan().SequenceCompareTo(end) >= 0)
            return null;
        var rows = new RowBuffer();
        var merge = new RangeMerge(context, scope, at, begin, end, reverse, keysOnly: true);
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
