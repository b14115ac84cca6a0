using System.Runtime.CompilerServices;

namespace FerrisDB;

/// <summary>Reads a range page by page.</summary>
internal static class RangeReading
{
    public static async IAsyncEnumerable<KeyValue> ReadAsync(
        IReadTransaction transaction, KeySelector begin, KeySelector end, RangeOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var left = options.Limit;
        for (var iteration = 1; ; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await transaction.GetPageAsync(begin, end, options with { Limit = left }, iteration);
            for (var index = 0; index < page.Count; index++)
                yield return page[index];
            if (!page.More || (options.Limit > 0 && (left -= page.Count) <= 0))
                yield break;
            if (page.Count == 0)
                continue;
            if (options.Reverse)
                end = KeySelector.FirstGreaterOrEqual(page[^1].Key);
            else
                begin = KeySelector.FirstGreaterThan(page[^1].Key);
        }
    }
}
