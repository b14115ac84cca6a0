namespace FerrisDB.Cli;

/// <summary>
/// The folder of a benchmark, open for workloads of the storage engine or for those of transactions: who writes past
/// the transactions does so while there are none.
/// </summary>
internal sealed class BenchStore(string folder, Durability durability) : IDisposable
{
    private StorageEngine? _engine;
    private Database? _database;

    public StorageEngine Engine => _engine ?? throw new InvalidOperationException("Open for transactions.");

    public Database Database => _database ?? throw new InvalidOperationException("Open for the engine alone.");

    public void OpenFor(BenchWorkload workload)
    {
        if (workload.IsTransactional ? _database is not null : _engine is not null)
            return;
        Dispose();
        var options = new StorageOptions { Durability = durability };
        if (workload.IsTransactional)
            _database = Database.Open(folder, new DatabaseOptions { Storage = options });
        else
            _engine = StorageEngine.Open(folder, options);
    }

    public void Dispose()
    {
        _engine?.Dispose();
        _database?.Dispose();
        _engine = null;
        _database = null;
    }
}
