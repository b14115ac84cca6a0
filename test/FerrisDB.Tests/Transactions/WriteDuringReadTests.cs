using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Invariant: a read sees the writes that were made before it was called and no later ones, its conflicts are as if it
// had been answered at once, and what is reset, cancelled or misused while it is under way fails as documented.
public sealed class WriteDuringReadTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_is_done_while_a_read_is_under_way_does_not_change_what_it_sees()
    {
        var (committed, reads) = (0, 0);
        foreach (var seed in Seeds.ToTry(standard: 15))
        {
            using var run = new WriteDuringReadRun(seed);
            run.Play(steps: 3000);
            committed += run.CommittedCount;
            reads += run.ReadCount;
        }
        output.WriteLine($"{committed} committed, {reads} reads");
    }
}
