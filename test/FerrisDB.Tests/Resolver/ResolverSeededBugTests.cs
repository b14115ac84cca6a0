using FerrisDB.Storage;
using FerrisDB.Transactions;
using SeededBug = FerrisDB.Transactions.SeededBug;
using SeededBugs = FerrisDB.Transactions.SeededBugs;

namespace FerrisDB.Tests.Resolver;

[Collection(SeededBugsAlone.Name)]
public sealed class ResolverSeededBugTests
{
    [Fact]
    public void The_definition_finds_a_read_range_that_is_ignored() =>
        Assert.NotNull(FoundBy(DecideTransactions, SeededBug.ResolverIgnoresTheLastRead));

    [Fact]
    public void The_definition_finds_writes_of_the_same_batch_that_are_ignored() =>
        Assert.NotNull(FoundBy(DecideTransactions, SeededBug.ResolverIgnoresItsOwnBatch));

    [Fact]
    public void The_definition_finds_a_range_that_ends_a_key_too_early() =>
        Assert.NotNull(FoundBy(DecideTransactions, SeededBug.ConflictSetEndsBeforeTheLastKey));

    [Fact]
    public void The_model_finds_a_range_that_ends_a_key_too_early() =>
        Assert.NotNull(FoundBy(WriteAndAsk, SeededBug.ConflictSetEndsBeforeTheLastKey));

    [Fact]
    public void The_model_finds_what_is_forgotten_too_early() =>
        Assert.NotNull(FoundBy(WriteAndAsk, SeededBug.ConflictSetForgetsTooEarly));

    [Fact]
    public void The_model_finds_keys_that_go_a_period_too_early() =>
        Assert.NotNull(FoundBy(WriteAndAskLonger, SeededBug.ConflictPeriodGoesTooEarly));

    [Fact]
    public void The_model_finds_a_range_that_sees_sorted_keys_alone() =>
        Assert.NotNull(FoundBy(WriteAndAskLonger, SeededBug.ConflictPeriodForgetsTheUnsorted));

    [Fact]
    public void The_model_finds_a_key_that_is_looked_for_in_the_hash_table_alone() =>
        Assert.NotNull(FoundBy(WriteAndAskOften, SeededBug.ConflictPeriodForgetsTheTail));

    [Fact]
    public void The_model_finds_an_old_write_that_is_taken_for_a_new_one() =>
        Assert.NotNull(FoundBy(WriteAndAsk, SeededBug.ConflictPeriodTakesOldForNew));

    [Fact]
    public void The_model_finds_a_second_write_that_is_not_found() =>
        Assert.NotNull(FoundBy(WriteAndAskLonger, SeededBug.ConflictPeriodKeepsTheFirstWrite));

    [Fact]
    public void The_model_finds_a_second_write_that_the_hash_table_does_not_lead_to() =>
        Assert.NotNull(FoundBy(WriteAndAskOften, SeededBug.ConflictIndexKeepsTheFirstWrite));

    private static string? DecideTransactions() => new ResolverRun(seed: 1).FirstDifference(batches: 400);

    private static string? WriteAndAsk() => new ConflictSetRun(seed: 1).FirstDifference(writes: 600);

    private static string? WriteAndAskOften()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            if (new ConflictSetRun(seed).FirstDifference(writes: 600) is { } difference)
                return difference;
        }
        return null;
    }

    private static string? WriteAndAskLonger() =>
        new ConflictSetRun(seed: 1, isLong: true).FirstDifference(writes: 1_500);

    private static string? FoundBy(Func<string?> check, SeededBug bug)
    {
        Assert.Null(check());
        SeededBugs.Active = bug;
        try
        {
            return check();
        }
        catch (InvariantException broken)
        {
            return broken.Message;
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
