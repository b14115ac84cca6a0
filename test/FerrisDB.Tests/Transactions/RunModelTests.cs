namespace FerrisDB.Tests.Transactions;

[Collection(SeededBugsAlone.Name)]
public sealed class RunModelTests
{
    [Fact]
    public async Task Runs_count_once_however_often_they_conflict_and_what_they_leave_behind_touches_nobody() =>
        Assert.Null(await FirstDifferenceAsync());

    [Fact]
    public async Task The_model_finds_a_run_that_gives_its_memory_back_before_it_has_succeeded()
    {
        ClientBugs.Active = ClientBug.FailedCommitsAreLetGo;
        try
        {
            Assert.NotNull(await FirstDifferenceAsync());
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }

    private static async Task<string?> FirstDifferenceAsync()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            using var model = new RunModel(seed);
            if (await model.FirstDifferenceAsync(steps: 50) is { } difference)
                return $"seed {seed}, {difference}";
        }
        return null;
    }
}
