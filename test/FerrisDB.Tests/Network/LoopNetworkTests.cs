using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>The network is a seam: clients and roles speak the same over one that is not there.</summary>
public sealed class LoopNetworkTests
{
    [Fact]
    public async Task A_database_over_simulated_connections_that_are_cut_counts_each_commit_once()
    {
        const int Increments = 100;
        await using var served = Database.OpenInMemory();
        var limits = new RequestLimits(10_000, 30_000, 100_000, 10_000_000);
        var network = new LoopNetwork(
            new RoleServer(served.Embedded.Roles, limits, TimeProvider.System), "loop:1");
        await using var database = Database.Connect(
            FerrisDB.ConnectionString.Parse("loop:1@nowhere:1"), network, options: null);
        using var watching = database.CreateTransaction();
        var watch = watching.WatchAsync("n"u8);
        await watching.CommitAsync();

        for (var count = 0; count < Increments; count++)
        {
            var adding = database.RunAsync(transaction => transaction.Add("n"u8, 1));
            if (count % 3 == 0)
                network.Cut();
            await adding;
        }
        await watch;

        Assert.Equal(Increments, BitConverter.ToInt64(await database.ReadAsync(reads => reads.GetAsync("n"u8))));
        Assert.InRange(network.Connections, Increments / 3, Increments);
    }
}
