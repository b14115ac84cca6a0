namespace FerrisDB.Tests.Transactions;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class WriteDuringReadSeededBugTests
{
    private const int SeedsMax = 100;

    [Theory]
    [InlineData(nameof(ClientBug.ReadsSeeLaterWrites))]
    [InlineData(nameof(ClientBug.ReadsOutliveTheirTransaction))]
    [InlineData(nameof(ClientBug.ClearForgetsConflicts))]
    [InlineData(nameof(ClientBug.ClearForgetsWhatLiesBehind))]
    [InlineData(nameof(ClientBug.OperationsOfAnyLengthAreOne))]
    [InlineData(nameof(ClientBug.NothingIsLate))]
    public void Writing_during_reads_finds_a_bug_of_the_client(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            {
                for (var seed = 1; seed <= SeedsMax; seed++)
                {
                    using var run = new WriteDuringReadRun(seed);
                    run.Play(steps: 3000);
                }
            });
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
