using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>How much one holder of a token may ask, in virtual time.</summary>
public sealed class AccessUsageTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Over_any_seconds_there_are_hardly_more_requests_than_the_limit(int limit)
    {
        var usage = new AccessUsage(_clock) { Limits = new AccessLimits(limit, 0, 0) };
        var count = 0;
        for (var step = 0; step < 5_000; step++)
        {
            while (usage.TryRequest())
                count++;
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(count, (5 * limit) - 1, (5 * limit) + (limit / 10) + 2);
    }

    [Fact]
    public async Task Who_is_too_early_is_told_when_it_is_time()
    {
        var usage = new AccessUsage(_clock) { Limits = new AccessLimits(2, 0, 0) };
        while (usage.TryRequest())
        {
        }
        var waiting = usage.WhenRequestAsync();
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        Assert.True(usage.TryRequest());
    }

    [Fact]
    public void Connections_and_bytes_of_commits_are_counted_until_they_end()
    {
        var usage = new AccessUsage(_clock) { Limits = new AccessLimits(0, 2, 100) };
        Assert.Equal((true, true, false), (usage.TryConnect(), usage.TryConnect(), usage.TryConnect()));
        usage.Disconnect();
        Assert.True(usage.TryConnect());

        usage.BeginCommit(60);
        var error = Assert.Throws<FerrisException>(() => usage.BeginCommit(50));
        usage.EndCommit(60);
        // What is larger than all that is allowed goes alone.
        usage.BeginCommit(500);

        Assert.Equal(ErrorCode.CommitProxyMemoryLimitExceeded, error.Code);
        Assert.Throws<FerrisException>(() => usage.BeginCommit(1));
    }

    [Fact]
    public void Without_limits_nothing_is_refused()
    {
        var usage = new AccessUsage(_clock);
        for (var count = 0; count < 1000; count++)
        {
            Assert.True(usage.TryRequest() && usage.TryConnect());
            usage.BeginCommit(1 << 20);
        }
        Assert.True(usage.WhenRequestAsync().IsCompleted);
    }
}
