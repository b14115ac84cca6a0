using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class RemoteSeededBugTests
{
    [Fact]
    public async Task A_retried_commit_that_is_not_recognized_is_counted_twice()
    {
        SeededBugs.Active = SeededBug.RetriedCommitsAreNotRecognized;
        try
        {
            Assert.NotEqual(RemoteFailureTests.Increments, await RemoteFailureTests.CountWithCutsAsync());
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
