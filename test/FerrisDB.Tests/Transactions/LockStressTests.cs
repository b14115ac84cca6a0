using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

// A checker that has never failed proves nothing: the bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class LockStressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_moves_while_a_database_is_locked()
    {
        await using var database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });
        await new LockRun(database, writers: 3).PlayAsync(locks: 60, Cancellation);
    }

    [Fact]
    public async Task Nothing_moves_while_a_database_on_a_server_is_locked()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await new LockRun(database, writers: 3).PlayAsync(locks: 20, Cancellation);
    }

    [Theory]
    [InlineData(nameof(SeededBug.LockedDatabasesAreWritten))]
    [InlineData(nameof(SeededBug.LocksAreSeenLate))]
    public async Task The_checker_finds(string bug)
    {
        SeededBugs.Active = Enum.Parse<SeededBug>(bug);
        try
        {
            await using var database = Database.OpenInMemory(new DatabaseOptions { Seed = 1 });
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
                () => new LockRun(database, writers: 2).PlayAsync(locks: 200, Cancellation));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
