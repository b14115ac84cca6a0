using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

public sealed class ConflictRangesTests
{
    [Fact]
    public void Ranges_come_back_in_the_order_they_were_added()
    {
        var ranges = new ConflictRanges();
        ranges.Add("a"u8, "cc"u8);
        ranges.AddPoint("key"u8);
        ranges.AddPoint(""u8);
        ranges.Add(""u8, [0xff]);

        Assert.Equal(["61-6363", "6B6579-6B657900 point", "-00 point", "-FF"], Described(ranges));
        Assert.Equal(9, ranges.SizeBytes);
    }

    [Fact]
    public void Empty_ranges_are_left_out_and_ranges_of_one_key_are_points()
    {
        var ranges = new ConflictRanges();
        ranges.Add("a"u8, "a"u8);
        ranges.Add("a"u8, "a\0"u8);
        ranges.Add("a"u8, "a\0\0"u8);
        ranges.Add("a"u8, "b\0"u8);

        Assert.Equal(["61-6100 point", "61-610000", "61-6200"], Described(ranges));
    }

    [Fact]
    public void What_is_cleared_can_be_filled_again_without_allocating()
    {
        var ranges = new ConflictRanges();
        Fill(ranges);

        Assert.Equal(0, Allocations.LeastOf(rounds: 5, () =>
        {
            ranges.Clear();
            Fill(ranges);
        }));
        Assert.Equal(2_000, ranges.Count);
    }

    [Fact]
    public void What_a_huge_transaction_needed_is_not_kept()
    {
        var ranges = new ConflictRanges();
        ranges.Add(new byte[1 << 20], [0xff]);
        ranges.Clear();
        ranges.AddPoint("a"u8);

        Assert.Equal(["61-6100 point"], Described(ranges));
    }

    private static void Fill(ConflictRanges ranges)
    {
        Span<byte> key = stackalloc byte[8];
        for (var number = 0L; number < 1_000; number++)
        {
            BitConverter.TryWriteBytes(key, number);
            ranges.AddPoint(key);
            ranges.Add(key, [0xff, 0xff]);
        }
    }

    private static List<string> Described(ConflictRanges ranges)
    {
        var described = new List<string>();
        foreach (var range in ranges)
        {
            var keys = $"{Convert.ToHexString(range.Begin)}-{Convert.ToHexString(range.End)}";
            described.Add(range.IsPoint ? keys + " point" : keys);
        }
        return described;
    }
}
