using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// Random operations against random options, mirrored in a sorted map: gets, cursors and snapshots must agree after
// every flush, compaction and reopening. FERRIS_SEEDS=1000 explores more; FERRIS_SEED=17 replays one.
public sealed class EngineModelTests(ITestOutputHelper output)
{
    [Fact]
    public void The_engine_answers_as_a_sorted_map_does()
    {
        var (runs, runsThatMove) = (0, 0);
        foreach (var seed in Seeds.ToTry(standard: 60))
        {
            output.WriteLine($"FERRIS_SEED={seed}");
            using var run = new EngineModelRun(seed);
            run.Play(steps: 250);
            runs++;
            runsThatMove += run.MovedBytes > 0 ? 1 : 0;
        }
        output.WriteLine($"in {runsThatMove} of {runs} runs large values were moved");
        Assert.True(runs < 60 || runsThatMove > runs / 10);
    }
}
