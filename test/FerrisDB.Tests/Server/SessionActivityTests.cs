using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Which requests of a connection are in the sample of hot keys.</summary>
public sealed class SessionActivityTests
{
    private static readonly byte[] Get = [0, 0, 0, 0, 0, 0, 0, 0, .. "key"u8];

    private readonly FakeTimeProvider _clock = new();
    private readonly RoleActivity _all;
    private readonly SessionActivity _session;

    public SessionActivityTests()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        _all = new RoleActivity(_clock);
        _session = new SessionActivity(_all);
    }

    [Fact]
    public void Where_little_is_asked_each_request_is_in_the_sample()
    {
        for (var request = 0; request < 50; request++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            Burst(1);
        }

        Assert.Equal(50, Sampled());
        Assert.Equal(50, _all.Counts.Gets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Where_much_is_asked_one_in_sixty_one_is(int together)
    {
        for (var asked = 0; asked < 61_000; asked += together)
            Burst(together);

        Assert.Equal(1_000, Sampled());
    }

    private void Burst(int requests)
    {
        _session.Begin();
        for (var request = 0; request < requests; request++)
            _session.CountGet(Get);
        _session.End(rows: 0, bytes: 0, lastVersion: 1);
    }

    private long Sampled()
    {
        _all.HotReads.Top(1, out var sampled);
        return sampled;
    }
}
