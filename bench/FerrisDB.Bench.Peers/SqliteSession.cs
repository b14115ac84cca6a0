using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FerrisDB.Bench.Peers;

/// <summary>
/// A connection and its prepared statements, driven through the raw interface, which takes and gives spans.
/// </summary>
internal sealed class SqliteSession : IEngineSession, ITransactionSession
{
    private const int KeyParameter = 1;
    private const int ValueParameter = 2;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly bool _isSnapshot;
    private readonly List<sqlite3_stmt> _statements = [];
    private readonly sqlite3_stmt _put;
    private readonly sqlite3_stmt _delete;
    private readonly sqlite3_stmt _get;
    private readonly sqlite3_stmt _scanAll;
    private readonly sqlite3_stmt _scanAllBackwards;
    private readonly sqlite3_stmt _scanFrom;
    private readonly sqlite3_stmt _scanFromBackwards;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _beginReading;
    private readonly sqlite3_stmt _commit;

    public SqliteSession(SqliteConnection connection, bool isSnapshot)
    {
        _connection = connection;
        _database = connection.Handle!;
        _isSnapshot = isSnapshot;
        _put = Prepared("INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        _delete = Prepared("DELETE FROM entries WHERE key = ?");
        _get = Prepared("SELECT value FROM entries WHERE key = ?");
        _scanAll = Prepared("SELECT key, value FROM entries ORDER BY key");
        _scanAllBackwards = Prepared("SELECT key, value FROM entries ORDER BY key DESC");
        _scanFrom = Prepared("SELECT key, value FROM entries WHERE key >= ? ORDER BY key");
        _scanFromBackwards = Prepared("SELECT key, value FROM entries WHERE key <= ? ORDER BY key DESC");
        _begin = Prepared("BEGIN IMMEDIATE");
        _beginReading = Prepared("BEGIN");
        _commit = Prepared("COMMIT");
        if (isSnapshot)
            BeginSnapshot();
    }

    public ITransactionSession Transactions => this;

    public ValueTask RunAsync(TransactionPlan plan)
    {
        plan.BeginAttempt();
        // Who begins to write waits for whoever writes; who only reads waits for nobody.
        Finish(plan.WriteCount == 0 ? _beginReading : _begin);
        for (var read = 0; read < plan.ReadCount; read++)
        {
            raw.sqlite3_bind_blob(_get, KeyParameter, plan.ReadKey(read));
            var isPresent = HasRow(_get);
            plan.Take(read, isPresent, isPresent ? raw.sqlite3_column_blob(_get, 0) : default);
            raw.sqlite3_reset(_get);
        }
        if (plan.WriteCount > 0)
            plan.MakeWrites();
        for (var write = 0; write < plan.WriteCount; write++)
            Put(plan.WriteKey(write), plan.WriteValue(write));
        Finish(_commit);
        return ValueTask.CompletedTask;
    }

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        raw.sqlite3_bind_blob(_put, KeyParameter, key);
        raw.sqlite3_bind_blob(_put, ValueParameter, value);
        Finish(_put);
    }

    public void Delete(ReadOnlySpan<byte> key)
    {
        raw.sqlite3_bind_blob(_delete, KeyParameter, key);
        Finish(_delete);
    }

    public void Write(EntryBatch batch)
    {
        Finish(_begin);
        for (var index = 0; index < batch.Count; index++)
            Put(batch.Key(index), batch.Value(index));
        Finish(_commit);
    }

    public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
    {
        raw.sqlite3_bind_blob(_get, KeyParameter, key);
        var length = -1;
        if (HasRow(_get))
        {
            var value = raw.sqlite3_column_blob(_get, 0);
            value.CopyTo(buffer);
            length = value.Length;
        }
        raw.sqlite3_reset(_get);
        return length;
    }

    public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
    {
        var statement = from.IsEmpty
            ? backwards ? _scanAllBackwards : _scanAll
            : backwards ? _scanFromBackwards : _scanFrom;
        if (!from.IsEmpty)
            raw.sqlite3_bind_blob(statement, KeyParameter, from);
        while (HasRow(statement)
            && sink.Take(raw.sqlite3_column_blob(statement, 0), raw.sqlite3_column_blob(statement, 1)))
        {
        }
        raw.sqlite3_reset(statement);
    }

    public IEngineSession NewSnapshot()
    {
        var connection = new SqliteConnection(_connection.ConnectionString);
        connection.Open();
        return new SqliteSession(connection, isSnapshot: true);
    }

    public void Execute(string command)
    {
        using var statement = _connection.CreateCommand();
        statement.CommandText = command;
        statement.ExecuteNonQuery();
    }

    public void Dispose()
    {
        if (_isSnapshot)
            Execute("ROLLBACK");
        foreach (var statement in _statements)
            statement.Dispose();
        _connection.Dispose();
    }

    // A snapshot is a read transaction, which begins with its first read.
    private void BeginSnapshot()
    {
        Execute("BEGIN");
        Execute("SELECT 1 FROM entries LIMIT 1");
    }

    private sqlite3_stmt Prepared(string text)
    {
        Check(raw.sqlite3_prepare_v2(_database, text, out var statement));
        _statements.Add(statement);
        return statement;
    }

    private void Finish(sqlite3_stmt statement)
    {
        while (HasRow(statement))
        {
        }
        raw.sqlite3_reset(statement);
    }

    private bool HasRow(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
            return result == raw.SQLITE_ROW;
        Check(result);
        return false;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw new InvalidOperationException($"SQLite: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
    }
}
