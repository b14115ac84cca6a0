namespace FerrisDB;

/// <summary>Ranges by their keys, for everything that can be read from.</summary>
public static class ReadTransactionExtensions
{
    /// <summary>The rows of a range, page by page as they are asked for.</summary>
    public static IAsyncEnumerable<KeyValue> GetRange(
        this IReadTransaction transaction, KeyRange range, RangeOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.GetRange(
            KeySelector.FirstGreaterOrEqual(range.Begin), KeySelector.FirstGreaterOrEqual(range.End), options);
    }

    /// <summary>One page of the rows of a range.</summary>
    public static ValueTask<RangePage> GetPageAsync(
        this IReadTransaction transaction, KeyRange range, RangeOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(range.Begin), KeySelector.FirstGreaterOrEqual(range.End), options);
    }

    /// <summary>All rows of a range, up to its limit, at once.</summary>
    public static async ValueTask<IReadOnlyList<KeyValue>> GetRangeAsync(
        this IReadTransaction transaction, KeyRange range, RangeOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (options.Mode == StreamingMode.Iterator)
            options = options with { Mode = StreamingMode.WantAll };
        List<KeyValue> rows = [];
        await foreach (var row in transaction.GetRange(range, options))
            rows.Add(row);
        return rows;
    }
}
