using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>
/// A FerrisDB database, for the workloads of transactions: the same engine below, opened by its roles.
/// </summary>
internal sealed class FerrisDatabaseEngine : IBenchedEngine
{
    private readonly Database _database;
    private readonly FerrisEngine _engine;

    public FerrisDatabaseEngine(string folder, EngineSettings settings)
    {
        _database = Database.Open(folder, new DatabaseOptions { Storage = FerrisEngine.OptionsOf(settings) });
        _engine = new FerrisEngine(_database.Storage);
    }

    public TimeSpan? LongestDelay => _engine.LongestDelay;

    public long? MemoryBudgetBytes => _engine.MemoryBudgetBytes;

    public IEngineSession NewSession() =>
        new FerrisSession(_database.Storage, snapshot: null) { Transactions = new FerrisTransactions(_database) };

    public void Settle() => _engine.Settle();

    public bool IsLog(string relativePath) => _engine.IsLog(relativePath);

    public long BytesWrittenCorrection() => _engine.BytesWrittenCorrection();

    public IReadOnlyDictionary<string, double> ReadCounters() => _engine.ReadCounters();

    public void Dispose() => _database.Dispose();
}
