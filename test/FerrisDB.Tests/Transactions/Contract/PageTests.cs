using System.Text;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>What a page of a range holds: where it begins and ends, and how many rows fit into it.</summary>
public sealed class PageTests : IAsyncLifetime, IDisposable
{
    private const int RowCount = 1_300;

    private static readonly KeySelector Begin = KeySelector.FirstGreaterOrEqual("k"u8.ToArray());
    private static readonly KeySelector End = KeySelector.FirstGreaterOrEqual("l"u8.ToArray());

    private readonly ContractScene _scene = new();

    // Rows of 100 bytes: 5 of the key, 71 of the value, and 24 that a stored row counts beside them.
    public async ValueTask InitializeAsync() => await _scene.Database.RunAsync(
        transaction =>
        {
            for (var row = 0; row < RowCount; row++)
                transaction.Set(Key(row), new byte[71]);
        },
        _scene.Cancellation);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(StreamingMode.Small, 1, 256)]
    [InlineData(StreamingMode.Medium, 1, 1_000)]
    [InlineData(StreamingMode.Large, 1, 4_096)]
    [InlineData(StreamingMode.Serial, 1, 80_000)]
    [InlineData(StreamingMode.WantAll, 1, 80_000)]
    [InlineData(StreamingMode.Iterator, 1, 4_096)]
    [InlineData(StreamingMode.Iterator, 2, 6_144)]
    [InlineData(StreamingMode.Iterator, 3, 9_216)]
    [InlineData(StreamingMode.Iterator, 4, 13_824)]
    [InlineData(StreamingMode.Iterator, 5, 20_736)]
    [InlineData(StreamingMode.Iterator, 6, 31_104)]
    [InlineData(StreamingMode.Iterator, 7, 46_656)]
    [InlineData(StreamingMode.Iterator, 8, 69_984)]
    [InlineData(StreamingMode.Iterator, 9, 80_000)]
    [InlineData(StreamingMode.Iterator, 10, 120_000)]
    [InlineData(StreamingMode.Iterator, 99, 120_000)]
    public async Task A_page_ends_with_the_row_that_reaches_the_bytes_of_its_mode(
        StreamingMode mode, int iteration, int bytes)
    {
        using var transaction = _scene.Begin();

        var page = await transaction.GetPageAsync(Begin, End, new RangeOptions { Mode = mode }, iteration);

        Assert.Equal((bytes + 99) / 100, page.Count);
        Assert.True(page.More);
    }

    [Theory]
    [InlineData(StreamingMode.Serial, 256, 3)]
    [InlineData(StreamingMode.Small, 1_000, 3)]
    [InlineData(StreamingMode.Exact, 1_000, 10)]
    [InlineData(StreamingMode.Exact, 1_000_000, RowCount)]
    // One row at least.
    [InlineData(StreamingMode.Serial, 1, 1)]
    [InlineData(StreamingMode.Exact, 100, 1)]
    [InlineData(StreamingMode.Exact, 101, 2)]
    // As if there was no such limit.
    [InlineData(StreamingMode.Small, 0, 3)]
    [InlineData(StreamingMode.Small, -1, 3)]
    public async Task The_smaller_of_mode_and_wanted_bytes_counts(StreamingMode mode, int targetBytes, int rows)
    {
        using var transaction = _scene.Begin();

        var page = await transaction.GetPageAsync(
            Begin, End, new RangeOptions { Mode = mode, TargetBytes = targetBytes });

        Assert.Equal(rows, page.Count);
        Assert.Equal(rows < RowCount, page.More);
    }

    // 84 bytes each, of which three are not enough for the mode.
    [Fact]
    public async Task A_row_of_the_transactions_own_counts_eight_bytes_beside_key_and_value()
    {
        using var transaction = _scene.Begin();
        for (var row = 0; row < 10; row++)
            transaction.Set(Bytes($"m{row:0000}"), new byte[71]);

        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual("m"u8.ToArray()), KeySelector.FirstGreaterOrEqual("n"u8.ToArray()),
            new RangeOptions { Mode = StreamingMode.Small });

        Assert.Equal(4, page.Count);
        Assert.True(page.More);
    }

    [Theory]
    [InlineData(2, false, 2, true)]
    [InlineData(2, true, 2, true)]
    [InlineData(RowCount - 1, false, RowCount - 1, true)]
    // Nothing is left, but the page was ended by its limit.
    [InlineData(RowCount, false, RowCount, true)]
    [InlineData(RowCount + 1, false, RowCount, false)]
    [InlineData(0, false, RowCount, false)]
    [InlineData(-1, true, RowCount, false)]
    public async Task A_limit_takes_the_first_rows_in_the_direction_of_the_page(
        int limit, bool reverse, int rows, bool more)
    {
        using var transaction = _scene.Begin();

        var page = await transaction.GetPageAsync(
            Begin, End,
            new RangeOptions { Limit = limit, Reverse = reverse, Mode = StreamingMode.Exact, TargetBytes = 1_000_000 });

        Assert.Equal(rows, page.Count);
        Assert.Equal(more, page.More);
        Assert.Equal(Key(reverse ? RowCount - 1 : 0), page[0].Key.ToArray());
        Assert.Equal(Key(reverse ? RowCount - rows : rows - 1), page[^1].Key.ToArray());
    }

    [Theory]
    [InlineData("l", 1, "k", 1)]
    [InlineData("k", 1, "k", 1)]
    [InlineData("k", 1, "k", -3)]
    [InlineData("k", 9, "k", 5)]
    [InlineData("l", 0, "k", 5)]
    public async Task Where_the_begin_is_not_before_the_end_there_is_nothing_and_no_error(
        string begin, int beginOffset, string end, int endOffset)
    {
        using var transaction = _scene.Begin();

        var page = await transaction.GetPageAsync(
            new KeySelector(Bytes(begin), false, beginOffset), new KeySelector(Bytes(end), false, endOffset));

        Assert.Empty(page);
        Assert.False(page.More);
    }

    [Theory]
    [InlineData(StreamingMode.Iterator, false)]
    [InlineData(StreamingMode.Iterator, true)]
    [InlineData(StreamingMode.Small, true)]
    [InlineData(StreamingMode.Large, false)]
    public async Task Page_by_page_each_row_comes_once(StreamingMode mode, bool reverse)
    {
        using var transaction = _scene.Begin();
        List<string> keys = [];
        var (begin, end) = (Begin, End);
        for (var iteration = 1; ; iteration++)
        {
            var page = await transaction.GetPageAsync(
                begin, end, new RangeOptions { Mode = mode, Reverse = reverse }, iteration);
            keys.AddRange(page.Select(row => Encoding.ASCII.GetString(row.Key.Span)));
            if (!page.More)
                break;
            if (reverse)
                end = KeySelector.FirstGreaterOrEqual(page[^1].Key.ToArray());
            else
                begin = KeySelector.FirstGreaterThan(page[^1].Key.ToArray());
        }

        var expected = Enumerable.Range(0, RowCount).Select(row => Text(Key(row)));
        Assert.Equal(reverse ? expected.Reverse() : expected, keys);
    }

    private static byte[] Key(int row) => Bytes($"k{row:0000}");
}
