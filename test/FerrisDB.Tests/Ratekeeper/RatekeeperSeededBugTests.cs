using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class RatekeeperSeededBugTests
{
    [Fact]
    public void A_queue_that_is_not_seen_grows_until_writers_stop() =>
        With(SeededBug.RatekeeperDoesNotSeeTheQueue, static () =>
            Assert.InRange(RatekeeperTests.Overload(10).Full, 1, double.MaxValue));

    [Fact]
    public void Batch_priority_that_does_not_yield_takes_from_the_others() =>
        With(SeededBug.BatchPriorityDoesNotYield, static () =>
            Assert.InRange(RatekeeperTests.Shares(defaultOffered: 2).Batch, 0.1, double.MaxValue));

    [Fact]
    public void A_hot_tag_that_is_not_found_takes_from_the_others() =>
        With(SeededBug.HotTagsAreNotFound, static () =>
            Assert.InRange(HotTagsTests.BesideAHotTag().Others, 0, 0.8));

    private static void With(SeededBug bug, Action test)
    {
        SeededBugs.Active = bug;
        try
        {
            test();
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
