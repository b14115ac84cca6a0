namespace FerrisDB;

/// <summary>Reads a range and, for each row of it, the keys that its mapper leads to.</summary>
internal readonly struct MappedRangeReader(TransactionContext context)
{
    // What one row may lead to; more would make a page of unknown size.
    private const int MappedBytesMax = 1_000_000;

    public async ValueTask<MappedPage> ReadAsync(
        KeySelector begin, KeySelector end, ReadOnlyMemory<byte> mapper, RangeOptions options, int iteration)
    {
        CheckState();
        var keyMapper = KeyMapper.Parse(mapper.Span);
        var reader = new TransactionReader(context);
        var page = await reader.GetPageAsync(begin, end, options, iteration, isSnapshot: false);
        if (page.Count > 0)
            RefuseOwnWrites(RangeOf(page, options.Reverse));
        var rows = new List<MappedRow>(page.Count);
        foreach (var row in page)
        {
            var range = keyMapper.Map(row);
            RefuseOwnWrites(range);
            rows.Add(new MappedRow(row, range, await LookUpAsync(reader, range, keyMapper.IsRange)));
        }
        return new MappedPage(rows, page.More);
    }

    private void CheckState()
    {
        lock (context.Gate)
        {
            if (context.Refusal() is { } refusal)
                throw refusal;
            if (context.Settings.IsReadYourWritesDisabled)
                throw new FerrisException(
                    ErrorCode.UnsupportedOperation, "A mapped range needs a transaction that reads its own writes.");
        }
    }

    private static async ValueTask<IReadOnlyList<KeyValue>> LookUpAsync(
        TransactionReader reader, KeyRange range, bool isRange)
    {
        if (!isRange)
        {
            var value = await reader.GetAsync(range.Begin, isSnapshot: false);
            return value is null ? [] : [new KeyValue(range.Begin, value)];
        }
        var page = await reader.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(range.Begin), KeySelector.FirstGreaterOrEqual(range.End),
            new RangeOptions { Mode = StreamingMode.Exact, TargetBytes = MappedBytesMax }, iteration: 1,
            isSnapshot: false);
        return !page.More
            ? page
            : throw new FerrisException(
                ErrorCode.QuickGetKeyValuesHasMore,
                $"A row leads to more than {MappedBytesMax} bytes at {KeyText.Of(range.Begin)}.");
    }

    private void RefuseOwnWrites(KeyRange range)
    {
        lock (context.Gate)
        {
            var cursor = context.Writes.OpenCursor();
            for (cursor.Seek(range.Begin); ; cursor.MoveNext())
            {
                if (cursor.State.Kind != WriteStateKind.Unmodified)
                    throw new FerrisException(
                        ErrorCode.GetMappedRangeReadsYourWrites,
                        $"The mapped range touches what the transaction has written at {KeyText.Of(cursor.Begin)}.");
                if (cursor.IsLast || cursor.End.SequenceCompareTo(range.End) >= 0)
                    return;
            }
        }
    }

    private static KeyRange RangeOf(RangePage page, bool reverse)
    {
        var (first, last) = reverse ? (page[^1], page[0]) : (page[0], page[^1]);
        return new KeyRange(first.Key.ToArray(), [.. last.Key.Span, 0]);
    }
}
