using static FerrisDB.Bench.Peers.LmdbNative;

namespace FerrisDB.Bench.Peers;

/// <summary>
/// LMDB through its C interface; each write is a transaction, each read sees the newest committed one.
/// </summary>
internal sealed unsafe class LmdbEngine : IBenchedEngine
{
    private const long MapBytesMin = 1L << 30;

    // Half-full pages, copies of pages that a reader still holds, and some more: only address space.
    private const long MapBytesPerByteStored = 8;
    private const uint FileMode = 0b110_100_100;
    private const uint ReadersMax = 256;

    private readonly nint _environment;
    private readonly uint _database;

    private LmdbEngine(string folder, EngineSettings settings)
    {
        nint environment;
        Check(mdb_env_create(&environment));
        _environment = environment;
        var stored = settings.EntriesMax * (settings.KeyLength + settings.ValueLength);
        Check(mdb_env_set_mapsize(environment, (nuint)Math.Max(MapBytesMin, stored * MapBytesPerByteStored)));
        Check(mdb_env_set_maxreaders(environment, ReadersMax));
        var noSync = settings.Durability == BenchDurability.Sync ? 0 : NoSync;
        Check(mdb_env_open(environment, folder, noSync | NoThreadLocalStorage, FileMode));

        nint transaction;
        Check(mdb_txn_begin(environment, 0, 0, &transaction));
        uint database;
        Check(mdb_dbi_open(transaction, null, CreateDatabase, &database));
        Check(mdb_txn_commit(transaction));
        _database = database;
    }

    public static EngineDescription Description { get; } =
        new("lmdb", (folder, settings) => new LmdbEngine(folder, settings))
        {
            Version = ReadVersion,
            Notes = "C interface; one transaction per write, a renewed read transaction per read; its cache is the "
                + "page cache and nothing is compressed; process and none: MDB_NOSYNC",
        };

    public IEngineSession NewSession() => new Session(_environment, _database, isSnapshot: false);

    public void Settle() => Check(mdb_env_sync(_environment, force: 1));

    public bool IsLog(string relativePath) => false;

    public void Dispose() => mdb_env_close(_environment);

    private static string ReadVersion()
    {
        int major, minor, patch;
        mdb_version(&major, &minor, &patch);
        return $"{major}.{minor}.{patch}";
    }

    private sealed class Session : IEngineSession
    {
        private readonly nint _environment;
        private readonly uint _database;
        private readonly bool _isSnapshot;
        private readonly nint _read;
        private readonly nint _cursor;

        public Session(nint environment, uint database, bool isSnapshot)
        {
            _environment = environment;
            _database = database;
            _isSnapshot = isSnapshot;
            nint transaction, cursor;
            Check(mdb_txn_begin(environment, 0, ReadOnly, &transaction));
            Check(mdb_cursor_open(transaction, database, &cursor));
            _read = transaction;
            _cursor = cursor;
            EndRead();
            Transactions = new LmdbTransactions(environment, database, transaction);
        }

        public ITransactionSession Transactions { get; }

        public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            var transaction = BeginWrite();
            PutIn(transaction, key, value);
            Check(mdb_txn_commit(transaction));
        }

        public void Delete(ReadOnlySpan<byte> key)
        {
            var transaction = BeginWrite();
            fixed (byte* keyBytes = key)
            {
                var keyValue = new Value(keyBytes, key.Length);
                var result = mdb_del(transaction, _database, &keyValue, null);
                if (result != NotFound)
                    Check(result);
            }
            Check(mdb_txn_commit(transaction));
        }

        public void Write(EntryBatch batch)
        {
            var transaction = BeginWrite();
            for (var index = 0; index < batch.Count; index++)
                PutIn(transaction, batch.Key(index), batch.Value(index));
            Check(mdb_txn_commit(transaction));
        }

        public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
        {
            BeginRead();
            Value found;
            int result;
            fixed (byte* keyBytes = key)
            {
                var keyValue = new Value(keyBytes, key.Length);
                result = mdb_get(_read, _database, &keyValue, &found);
            }
            if (result == 0)
                found.Span.CopyTo(buffer);
            EndRead();
            if (result == NotFound)
                return -1;
            Check(result);
            return found.Span.Length;
        }

        public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
        {
            BeginRead();
            Check(mdb_cursor_renew(_read, _cursor));
            Value key, value;
            var result = SeekTo(from, backwards, &key, &value);
            while (result == 0 && sink.Take(key.Span, value.Span))
                result = mdb_cursor_get(_cursor, &key, &value, backwards ? Move.Previous : Move.Next);
            if (result != NotFound)
                Check(result);
            EndRead();
        }

        public IEngineSession NewSnapshot() => new Session(_environment, _database, isSnapshot: true);

        public void Dispose()
        {
            mdb_cursor_close(_cursor);
            mdb_txn_abort(_read);
        }

        private nint BeginWrite()
        {
            nint transaction;
            Check(mdb_txn_begin(_environment, 0, 0, &transaction));
            return transaction;
        }

        private void PutIn(nint transaction, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            fixed (byte* keyBytes = key, valueBytes = value)
            {
                var keyValue = new Value(keyBytes, key.Length);
                var valueValue = new Value(valueBytes, value.Length);
                Check(mdb_put(transaction, _database, &keyValue, &valueValue, 0));
            }
        }

        // A snapshot keeps the transaction that it began with.
        private void BeginRead()
        {
            if (!_isSnapshot)
                Check(mdb_txn_renew(_read));
        }

        private void EndRead()
        {
            if (!_isSnapshot)
                mdb_txn_reset(_read);
        }

        private int SeekTo(ReadOnlySpan<byte> from, bool backwards, Value* key, Value* value)
        {
            if (from.IsEmpty)
                return mdb_cursor_get(_cursor, key, value, backwards ? Move.Last : Move.First);
            fixed (byte* bytes = from)
            {
                *key = new Value(bytes, from.Length);
                var result = mdb_cursor_get(_cursor, key, value, Move.AtOrAbove);
                if (!backwards)
                    return result;
                if (result == NotFound)
                    return mdb_cursor_get(_cursor, key, value, Move.Last);
                return result == 0 && !key->Span.SequenceEqual(from)
                    ? mdb_cursor_get(_cursor, key, value, Move.Previous)
                    : result;
            }
        }
    }
}
