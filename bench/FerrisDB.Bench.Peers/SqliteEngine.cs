using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FerrisDB.Bench.Peers;

/// <summary>SQLite: one table of two blobs in a WAL database, statements prepared once per session.</summary>
internal sealed class SqliteEngine : IBenchedEngine
{
    private const int PageBytes = 4096;

    private readonly string _path;
    private readonly EngineSettings _settings;
    private readonly SqliteSession _maintenance;

    private SqliteEngine(string folder, EngineSettings settings)
    {
        _path = Path.Combine(folder, "bench.sqlite");
        _settings = settings;
        _maintenance = new SqliteSession(Connect(), isSnapshot: false);
    }

    public static EngineDescription Description { get; } =
        new("sqlite", (folder, settings) => new SqliteEngine(folder, settings))
        {
            Version = ReadVersion,
            Notes = "Microsoft.Data.Sqlite's connection, statements prepared once; WAL, table of blobs WITHOUT ROWID, "
                + "checkpoint every write buffer of log, cache divided among the connections; process and none: "
                + "synchronous=OFF; sync: FULL",
        };

    public IEngineSession NewSession() => new SqliteSession(Connect(), isSnapshot: false);

    public void Settle() => _maintenance.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    public bool IsLog(string relativePath) => relativePath.EndsWith("-wal", StringComparison.Ordinal);

    public void Dispose() => _maintenance.Dispose();

    private static string ReadVersion()
    {
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        var synchronous = _settings.Durability == BenchDurability.Sync ? "FULL" : "OFF";
        command.CommandText = $"""
            PRAGMA page_size = {PageBytes};
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {synchronous};
            PRAGMA cache_size = -{_settings.CacheBytes / _settings.Threads / 1024};
            PRAGMA wal_autocheckpoint = {_settings.MemTableBytes / PageBytes};
            PRAGMA busy_timeout = 60000;
            CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
            """;
        command.ExecuteNonQuery();
        return connection;
    }
}
