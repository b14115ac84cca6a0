using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Invariant: committed transactions are equivalent to running one at a time in version order, that order respects real
// time, nobody fails without a reason, and what was acknowledged survives. See HistoryChecker.
public sealed class HistoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_random_history_is_strictly_serializable(bool inMemory)
    {
        var (count, committed, conflicts) = (0, 0, 0);
        foreach (var seed in Seeds.ToTry(standard: 12))
        {
            using var run = new HistoryRun(seed, inMemory);
            run.Play(steps: 2500);
            count += run.CheckedCount;
            committed += run.CommittedCount;
            conflicts += run.ConflictCount;
        }
        output.WriteLine($"{count} transactions, {committed} committed, {conflicts} conflicts");
    }
}
