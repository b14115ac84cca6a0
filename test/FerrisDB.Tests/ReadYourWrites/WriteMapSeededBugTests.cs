namespace FerrisDB.Tests;

[Collection(SeededBugsAlone.Name)]
public sealed class WriteMapSeededBugTests
{
    [Theory]
    [InlineData(nameof(ClientBug.ClearForgetsConflicts))]
    [InlineData(nameof(ClientBug.ClearForgetsWhatLiesBehind))]
    [InlineData(nameof(ClientBug.OperationsOfAnyLengthAreOne))]
    [InlineData(nameof(ClientBug.NothingIsLate))]
    public void The_model_finds_a_bug_of_the_map(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            var difference = Enumerable.Range(1, 200)
                .Select(seed => WriteMapModelTests.Difference(seed, WriteMapScenario.NewMap(), seed % 2 == 0))
                .FirstOrDefault(difference => difference is not null);
            Assert.True(difference is not null, $"{bug} went unnoticed");
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
