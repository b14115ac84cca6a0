using FerrisDB.Server;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

public sealed class ServerPulseTests
{
    [Fact]
    public void Rates_are_those_of_the_last_ten_looks()
    {
        var clock = new FakeTimeProvider();
        clock.Advance(TimeSpan.FromHours(1));
        var activity = new RoleActivity(clock);
        using var pulse = new ServerPulse(activity, clock);
        Assert.Equal(0, pulse.Rates.PerSecond(pulse.Rates.Counts.Gets));
        for (var second = 0; second < 20; second++)
        {
            pulse.Look();
            clock.Advance(TimeSpan.FromSeconds(1));
            activity.Add(new RoleCounts { Gets = second < 10 ? 1_000 : 50, Committed = 3 });
        }

        var rates = pulse.Rates;

        Assert.Equal(TimeSpan.FromSeconds(10), rates.Over);
        Assert.Equal((50, 3), (rates.PerSecond(rates.Counts.Gets), rates.PerSecond(rates.Counts.Committed)));
    }
}
