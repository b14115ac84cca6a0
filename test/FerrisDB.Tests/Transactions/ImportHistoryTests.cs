using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

[Collection(SeededBugsAlone.Name)]
public sealed class ImportHistoryTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Every_view_has_an_import_whole_and_nobody_writes_over_it_what_was_read_before(
        bool isRemote, int seed)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();

        await new ImportHistory(isRemote ? client : server.Database, client, seed).RunAsync().WaitAsync(Bound);
    }

    [Fact]
    public async Task The_checker_finds_imports_that_conflict_with_nobody()
    {
        await using var server = await TestServer.StartAsync();
        SeededBugs.Active = SeededBug.TablesDoNotConflict;
        try
        {
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () =>
            {
                for (var seed = 1; seed <= 20; seed++)
                    await new ImportHistory(server.Database, server.Database, seed).RunAsync().WaitAsync(Bound);
            });
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    [Fact]
    public async Task A_watch_that_an_import_does_not_wake_waits_for_ever()
    {
        await using var server = await TestServer.StartAsync();
        SeededBugs.Active = SeededBug.TablesWakeNoWatch;
        try
        {
            using var transaction = server.Database.CreateTransaction();
            var changed = transaction.WatchAsync("a"u8);
            await transaction.CommitAsync();
            await using var import = await server.Database.BeginSortedImportAsync();
            await import.AddAsync("a"u8, "1"u8);
            await import.CommitAsync();

            Assert.False(changed.IsCompleted);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
