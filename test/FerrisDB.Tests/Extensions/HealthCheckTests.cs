using FerrisDB.Extensions;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FerrisDB.Tests.Extensions;

/// <summary>What an operator is told of a database's health.</summary>
public sealed class HealthCheckTests
{
    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_reads_and_writes_is_healthy()
    {
        await using var services = Services(options => options.InMemory = true);

        var entry = await CheckAsync(services);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("None", entry.Data["writeStall"]);
    }

    [Fact]
    public async Task One_whose_writes_have_stopped_is_unhealthy_and_says_why()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        await using var services = Services(options =>
        {
            options.Folder = "/database";
            options.ConfigureDatabase = database => database with
            {
                Storage = database.Storage with { FileSystem = disk },
            };
        });
        var database = services.GetRequiredService<Database>();
        disk.FailAt(disk.OperationCount);
        await Assert.ThrowsAsync<FerrisException>(
            async () => await database.RunAsync(transaction => transaction.Set("k"u8, "v"u8), Cancellation));

        var entry = await CheckAsync(services);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("Writes have stopped: ", entry.Description);
        Assert.NotNull(entry.Exception);
    }

    [Fact]
    public async Task One_that_holds_writers_up_is_degraded()
    {
        await using var services = Services(options => options.InMemory = true);
        var engine = services.GetRequiredService<Database>().Storage;

        engine.Tree.Stall.Update(sealedCount: 0, l0Count: engine.Options.L0StopTables, debtBytes: 0);
        var entry = await CheckAsync(services);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("L0", entry.Description);
    }

    [Fact]
    public async Task One_that_cannot_be_opened_is_unhealthy()
    {
        var folder = Directory.CreateTempSubdirectory("ferrisdb-health-");
        using (StorageEngine.Open(folder.FullName))
        {
            await using var services = Services(options => options.Folder = folder.FullName);

            var entry = await CheckAsync(services);

            Assert.Equal(HealthStatus.Unhealthy, entry.Status);
            Assert.Contains("locked", entry.Description);
        }
        folder.Delete(recursive: true);
    }

    private static ServiceProvider Services(Action<FerrisDbOptions> configure)
    {
        var services = new ServiceCollection().AddLogging().AddFerrisDb(configure);
        services.AddHealthChecks().AddFerrisDb();
        return services.BuildServiceProvider();
    }

    private async Task<HealthReportEntry> CheckAsync(IServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
        return report.Entries["ferrisdb"];
    }
}
