using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FerrisDB.Extensions;

/// <summary>Whether a database answers, and takes writes.</summary>
internal sealed class DatabaseHealthCheck(IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // One that cannot be opened is found out here, if nobody has asked for it yet.
            return await CheckAsync(services.GetRequiredService<Database>(), context.Registration.FailureStatus);
        }
        catch (FerrisException error)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus, $"A read failed: {error.Message}", error);
        }
        catch (ObjectDisposedException closed)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The database is closed.", closed);
        }
    }

    private static async ValueTask<HealthCheckResult> CheckAsync(Database database, HealthStatus failureStatus)
    {
        using var transaction = database.CreateTransaction();
        // Where all others belong to a tenant, too.
        transaction.SetOption(TransactionOption.RawAccess);
        var readVersion = await transaction.GetReadVersionAsync();
        // Any key will do, there or not: whoever has its place in the order is asked.
        await transaction.Snapshot.GetAsync("ferrisdb/health"u8);
        if (database.IsRemote)
            return HealthCheckResult.Healthy(
                "The server answers.", new Dictionary<string, object> { ["readVersion"] = readVersion });
        var stall = database.GetStatistics().WriteStall;
        var data = new Dictionary<string, object>
        {
            ["readVersion"] = readVersion,
            ["writeStall"] = stall.Reason.ToString(),
        };
        if (database.Storage.WriteFailure is { } failure)
            return new HealthCheckResult(
                failureStatus,
                $"Writes have stopped: {failure.Message} Reads go on; open the database again.",
                failure,
                data);
        return stall.Reason == WriteStallReason.None
            ? HealthCheckResult.Healthy("Reads and writes work.", data)
            : HealthCheckResult.Degraded($"Writers are held up: {Explain(stall.Reason)}", data: data);
    }

    private static string Explain(WriteStallReason reason) => reason switch
    {
        WriteStallReason.SealedMemTables => "memory fills faster than it is written to the disk.",
        WriteStallReason.L0Tables => "tables pile up in L0 faster than compaction merges them.",
        _ => "compaction has fallen behind.",
    };
}
