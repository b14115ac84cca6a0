using FerrisDB.TestKit;

namespace FerrisDB.Tests.TestKit;

public sealed class AllocationsTests
{
    private readonly List<byte[]> _kept = [];

    [Fact]
    public void What_is_allocated_each_round_is_found()
    {
        Assert.InRange(Allocations.LeastOf(rounds: 5, () => _kept.Add(new byte[1000])), 1000, 1500);
        Assert.Equal(5, _kept.Count);
    }

    // As when the runtime compiles a method anew in the middle of a test.
    [Fact]
    public void What_is_allocated_in_some_rounds_only_is_not_counted()
    {
        var rounds = 0;

        var least = Allocations.LeastOf(rounds: 5, () =>
        {
            if (++rounds < 3)
                _kept.Add(new byte[2808]);
        });

        Assert.Equal((0, 3), (least, rounds));
    }

    [Fact]
    public void A_round_may_measure_a_part_of_itself()
    {
        var least = Allocations.LeastOf(rounds: 3, () =>
        {
            _kept.Add(new byte[500]);
            var before = Allocations.SoFar;
            _kept.Add(new byte[100]);
            return Allocations.SoFar - before;
        });

        Assert.InRange(least, 100, 450);
    }
}
