namespace FerrisDB.Tests.Transactions;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class ApiFuzzSeededBugTests
{
    [Theory]
    [InlineData(nameof(ClientBug.InvertedRangesAreAccepted))]
    [InlineData(nameof(ClientBug.DeferredErrorsAreForgotten))]
    [InlineData(nameof(ClientBug.SelectorsMayStartAnywhere))]
    public void Fuzzing_finds_a_bug_of_the_client(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            {
                for (var seed = 1; seed <= 10; seed++)
                {
                    using var run = new FuzzRun(seed);
                    run.Play(steps: 2000);
                }
            });
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
