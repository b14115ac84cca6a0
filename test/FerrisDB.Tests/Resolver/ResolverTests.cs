using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

public sealed class ResolverTests
{
    [Theory, GoldenScripts("conflict-set")]
    public void Script(GoldenScript script) => script.Run(new ResolverScene().Execute);

    [Fact]
    public void A_transaction_conflicts_if_and_only_if_something_it_read_was_written_meanwhile()
    {
        foreach (var seed in Seeds.ToTry(standard: 20))
        {
            var run = new ResolverRun(seed);
            Assert.Null(run.FirstDifference(batches: 400));
            Assert.Equal(3, run.Seen.Count);
        }
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var resolver = new FerrisDB.Transactions.Resolver(version: 0);
        var (reads, writes) = (new ConflictRanges(), new ConflictRanges());
        var conflicting = new List<int>(capacity: 4);
        var version = 0;

        DecideMany();
        Assert.Equal(0, Allocations.LeastOf(5, DecideMany));

        // Of the decisions alone: what forgets checks all invariants, too.
        long DecideMany()
        {
            var allocated = 0L;
            for (var time = 0; time < 1_000; time++)
            {
                version++;
                resolver.Forget(Math.Max(0, version - 300));
                var before = Allocations.SoFar;
                reads.Clear();
                writes.Clear();
                conflicting.Clear();
                reads.AddPoint([(byte)version]);
                reads.Add([(byte)version], [0xff]);
                writes.AddPoint([(byte)(version * 7)]);
                writes.Add([(byte)(version * 3)], [(byte)(version * 3), 5]);
                resolver.Decide(version, version - 1, reads, writes, conflicting);
                allocated += Allocations.SoFar - before;
            }
            return allocated;
        }
    }
}
