using static FerrisDB.Bench.Peers.RocksDbNative;

namespace FerrisDB.Bench.Peers;

/// <summary>RocksDB through its C interface.</summary>
internal sealed unsafe class RocksDbEngine : IBenchedEngine
{
    private const double BloomBitsPerKey = 10;
    private const int WriteBuffersMax = 4;
    private const int BackgroundJobs = 2;

    private readonly nint _cache;
    private readonly nint _options;
    private readonly nint _database;

    // 0 if it is opened without transactions.
    private readonly nint _optimistic;
    private readonly BenchDurability _durability;

    private RocksDbEngine(string folder, EngineSettings settings)
    {
        _durability = settings.Durability;
        _cache = rocksdb_cache_create_lru((nuint)settings.CacheBytes);
        _options = NewOptions(settings, _cache);
        byte* error = null;
        if (settings.IsTransactional)
            _optimistic = rocksdb_optimistictransactiondb_open(_options, folder, &error);
        else
            _database = rocksdb_open(_options, folder, &error);
        Check(error);
        if (settings.IsTransactional)
            _database = rocksdb_optimistictransactiondb_get_base_db(_optimistic);
    }

    public static EngineDescription Description { get; } =
        new("rocksdb", (folder, settings) => new RocksDbEngine(folder, settings))
        {
            Version = () => typeof(RocksDbSharp.RocksDb).Assembly.GetName().Version?.ToString(3) ?? "",
            Notes = "C interface; LZ4 on all levels, bloom filter of 10 bits, LRU block cache, up to 4 write buffers, "
                + "dynamic level sizes, 2 background jobs, 4 KB blocks; process: log without sync; none: no log; "
                + "transactions: OptimisticTransactionDB, reads for update",
        };

    public IEngineSession NewSession() => new Session(_database, _durability, snapshot: 0, _optimistic);

    public void Settle()
    {
        byte* error = null;
        var flush = rocksdb_flushoptions_create();
        rocksdb_flush(_database, flush, &error);
        rocksdb_flushoptions_destroy(flush);
        Check(error);
        var wait = rocksdb_wait_for_compact_options_create();
        rocksdb_wait_for_compact(_database, wait, &error);
        rocksdb_wait_for_compact_options_destroy(wait);
        Check(error);
    }

    public bool IsLog(string relativePath) => relativePath.EndsWith(".log", StringComparison.Ordinal);

    public void Dispose()
    {
        if (_optimistic != 0)
        {
            rocksdb_optimistictransactiondb_close_base_db(_database);
            rocksdb_optimistictransactiondb_close(_optimistic);
        }
        else
        {
            rocksdb_close(_database);
        }
        rocksdb_options_destroy(_options);
        rocksdb_cache_destroy(_cache);
    }

    private static nint NewOptions(EngineSettings settings, nint cache)
    {
        var table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(BloomBitsPerKey));
        rocksdb_block_based_options_set_block_cache(table, cache);
        if (settings.BlockBytes > 0)
            rocksdb_block_based_options_set_block_size(table, (nuint)settings.BlockBytes);
        var options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, 1);
        rocksdb_options_set_compression(options, Lz4Compression);
        rocksdb_options_set_write_buffer_size(options, (nuint)settings.MemTableBytes);
        rocksdb_options_set_max_write_buffer_number(options, WriteBuffersMax);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
        rocksdb_options_set_max_background_jobs(options, BackgroundJobs);
        rocksdb_options_set_block_based_table_factory(options, table);
        rocksdb_block_based_options_destroy(table);
        return options;
    }

    private sealed class Session : IEngineSession
    {
        private readonly nint _database;
        private readonly BenchDurability _durability;
        private readonly nint _snapshot;
        private readonly nint _writeOptions = rocksdb_writeoptions_create();
        private readonly nint _readOptions = rocksdb_readoptions_create();
        private readonly nint _batch = rocksdb_writebatch_create();

        private readonly RocksDbTransactions? _transactions;

        public Session(nint database, BenchDurability durability, nint snapshot, nint optimistic = 0)
        {
            _database = database;
            _durability = durability;
            _snapshot = snapshot;
            rocksdb_writeoptions_set_sync(_writeOptions, durability == BenchDurability.Sync ? (byte)1 : (byte)0);
            rocksdb_writeoptions_disable_WAL(_writeOptions, durability == BenchDurability.None ? 1 : 0);
            if (snapshot != 0)
                rocksdb_readoptions_set_snapshot(_readOptions, snapshot);
            if (optimistic != 0)
                _transactions = new RocksDbTransactions(optimistic, database, _writeOptions);
        }

        public ITransactionSession? Transactions => _transactions;

        public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            byte* error = null;
            fixed (byte* keyBytes = key, valueBytes = value)
            {
                rocksdb_put(
                    _database, _writeOptions, keyBytes, (nuint)key.Length, valueBytes, (nuint)value.Length, &error);
            }
            Check(error);
        }

        public void Delete(ReadOnlySpan<byte> key)
        {
            byte* error = null;
            fixed (byte* keyBytes = key)
                rocksdb_delete(_database, _writeOptions, keyBytes, (nuint)key.Length, &error);
            Check(error);
        }

        public void Write(EntryBatch batch)
        {
            rocksdb_writebatch_clear(_batch);
            for (var index = 0; index < batch.Count; index++)
            {
                var key = batch.Key(index);
                var value = batch.Value(index);
                fixed (byte* keyBytes = key, valueBytes = value)
                    rocksdb_writebatch_put(_batch, keyBytes, (nuint)key.Length, valueBytes, (nuint)value.Length);
            }
            byte* error = null;
            rocksdb_write(_database, _writeOptions, _batch, &error);
            Check(error);
        }

        public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
        {
            byte* error = null;
            byte found = 0;
            nuint length = 0;
            fixed (byte* keyBytes = key, bufferBytes = buffer)
            {
                rocksdb_get_into_buffer(
                    _database, _readOptions, keyBytes, (nuint)key.Length, bufferBytes, (nuint)buffer.Length,
                    &length, &found, &error);
            }
            Check(error);
            return found == 0 ? -1 : (int)length;
        }

        public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink)
        {
            var iterator = rocksdb_create_iterator(_database, _readOptions);
            try
            {
                SeekTo(iterator, from, backwards);
                while (rocksdb_iter_valid(iterator) != 0
                    && sink.Take(rocksdb_iter_key_slice(iterator).Span, rocksdb_iter_value_slice(iterator).Span))
                {
                    if (backwards)
                        rocksdb_iter_prev(iterator);
                    else
                        rocksdb_iter_next(iterator);
                }
                byte* error = null;
                rocksdb_iter_get_error(iterator, &error);
                Check(error);
            }
            finally
            {
                rocksdb_iter_destroy(iterator);
            }
        }

        public IEngineSession NewSnapshot() => new Session(_database, _durability, rocksdb_create_snapshot(_database));

        public void Dispose()
        {
            if (_snapshot != 0)
                rocksdb_release_snapshot(_database, _snapshot);
            _transactions?.Dispose();
            rocksdb_writebatch_destroy(_batch);
            rocksdb_readoptions_destroy(_readOptions);
            rocksdb_writeoptions_destroy(_writeOptions);
        }

        private static void SeekTo(nint iterator, ReadOnlySpan<byte> from, bool backwards)
        {
            if (from.IsEmpty && backwards)
            {
                rocksdb_iter_seek_to_last(iterator);
                return;
            }
            if (from.IsEmpty)
            {
                rocksdb_iter_seek_to_first(iterator);
                return;
            }
            fixed (byte* key = from)
            {
                if (backwards)
                    rocksdb_iter_seek_for_prev(iterator, key, (nuint)from.Length);
                else
                    rocksdb_iter_seek(iterator, key, (nuint)from.Length);
            }
        }
    }
}
