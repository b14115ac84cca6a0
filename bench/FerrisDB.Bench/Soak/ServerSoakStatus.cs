using System.Text.Json;
using FerrisDB.Transactions;

namespace FerrisDB.Bench;

/// <summary>What a server tells of itself: what it caches, and whether it limits its clients.</summary>
internal sealed class ServerSoakStatus(Database database)
{
    private readonly SortedSet<string> _limits = [];

    /// <summary>Cached blocks. They fill up to the memory budget, and are meant to.</summary>
    public long CacheBytes { get; private set; }

    /// <summary>Asks once. A limit is noted until it is taken.</summary>
    public async Task LookAsync()
    {
        var report = await ((RemoteCluster)database.Cluster).AskReportAsync(ReportKind.Status);
        using var status = JsonDocument.Parse(report);
        CacheBytes = status.RootElement.GetProperty("storage").GetProperty("cacheBytes").GetInt64();
        var limit = status.RootElement.GetProperty("roles").GetProperty("ratekeeper").GetProperty("reason").GetString();
        if (limit is not (null or "none"))
            _limits.Add(limit);
    }

    /// <summary>Why it limited its clients since the last time that this was asked; empty if it did not.</summary>
    public string TakeLimits()
    {
        var limits = string.Join(", ", _limits);
        _limits.Clear();
        return limits;
    }
}
