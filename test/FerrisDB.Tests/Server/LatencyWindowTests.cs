using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

public sealed class LatencyWindowTests
{
    [Fact]
    public void Buckets_follow_each_other_without_gaps_and_are_an_eighth_wide_at_most()
    {
        var shortest = 0L;
        for (var bucket = 0; bucket < 200; bucket++)
        {
            var longest = LatencyWindow.LongestIn(bucket);
            Assert.Equal(bucket, LatencyWindow.BucketOf(shortest));
            Assert.Equal(bucket, LatencyWindow.BucketOf(longest));
            Assert.True((longest - shortest) * 8 <= shortest, $"bucket {bucket} is from {shortest} to {longest}");
            shortest = longest + 1;
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, 255)]
    public void What_no_clock_should_tell_falls_into_the_first_or_the_last(long ticks, int bucket) =>
        Assert.Equal(bucket, LatencyWindow.BucketOf(ticks));

    [Fact]
    public void Quantiles_are_told_until_the_second_turn()
    {
        var window = new LatencyWindow();
        window.Record(TimeSpan.FromMilliseconds(1), count: 98);
        window.Turn();
        window.Record(TimeSpan.FromMilliseconds(10), count: 2);

        var summary = window.Summarize();
        Assert.Equal(100, summary.Count);
        Assert.InRange(summary.Median.TotalMilliseconds, 1, 1.125);
        Assert.InRange(summary.P99.TotalMilliseconds, 10, 11.25);
        window.Turn();
        Assert.Equal(2, window.Summarize().Count);
        window.Turn();
        Assert.Equal(default, window.Summarize());
        Assert.Equal(100, window.Total);
    }
}
