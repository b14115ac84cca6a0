using System.Runtime.InteropServices;

namespace FerrisDB.Bench.Peers;

/// <summary>
/// The part of RocksDB's C interface that the benchmark uses, called without the allocating wrappers of the package.
/// </summary>
internal static unsafe partial class RocksDbNative
{
    private const string Library = "rocksdb";

    /// <summary>LZ4 among RocksDB's compression types.</summary>
    public const int Lz4Compression = 4;

    /// <summary>Borrowed bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Slice
    {
        private readonly byte* _data;
        private readonly nuint _length;

        public ReadOnlySpan<byte> Span => new(_data, (int)_length);
    }

    /// <summary>Throws what RocksDB reported, if it did.</summary>
    public static void Check(byte* error)
    {
        if (error is null)
            return;
        var message = Marshal.PtrToStringUTF8((nint)error);
        rocksdb_free(error);
        throw new InvalidOperationException($"RocksDB: {message}");
    }

    [LibraryImport(Library)]
    public static partial void rocksdb_free(void* memory);

    [LibraryImport(Library)]
    public static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_create_if_missing(nint options, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression(nint options, int compression);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_write_buffer_number(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(nint options, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_background_jobs(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_block_based_table_factory(nint options, nint tableOptions);

    [LibraryImport(Library)]
    public static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_destroy(nint tableOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_filter_policy(nint tableOptions, nint policy);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_block_cache(nint tableOptions, nint cache);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_block_size(nint tableOptions, nuint bytes);

    [LibraryImport(Library)]
    public static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    public static partial nint rocksdb_cache_create_lru(nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_open(nint options, string path, byte** error);

    [LibraryImport(Library)]
    public static partial void rocksdb_close(nint database);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_set_sync(nint writeOptions, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_disable_WAL(nint writeOptions, int value);

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_destroy(nint writeOptions);

    [LibraryImport(Library)]
    public static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_snapshot(nint readOptions, nint snapshot);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_destroy(nint readOptions);

    [LibraryImport(Library)]
    public static partial nint rocksdb_create_snapshot(nint database);

    [LibraryImport(Library)]
    public static partial void rocksdb_release_snapshot(nint database, nint snapshot);

    [LibraryImport(Library)]
    public static partial void rocksdb_put(
        nint database, nint writeOptions, byte* key, nuint keyLength, byte* value, nuint valueLength, byte** error);

    [LibraryImport(Library)]
    public static partial void rocksdb_delete(
        nint database, nint writeOptions, byte* key, nuint keyLength, byte** error);

    [LibraryImport(Library)]
    public static partial void rocksdb_write(nint database, nint writeOptions, nint batch, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_clear(nint batch);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_put(
        nint batch, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)]
    public static partial byte rocksdb_get_into_buffer(
        nint database, nint readOptions, byte* key, nuint keyLength, byte* buffer, nuint bufferLength,
        nuint* valueLength, byte* found, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_create_iterator(nint database, nint readOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    public static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_to_first(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_to_last(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library)]
    public static partial Slice rocksdb_iter_key_slice(nint iterator);

    [LibraryImport(Library)]
    public static partial Slice rocksdb_iter_value_slice(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_get_error(nint iterator, byte** error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_optimistictransactiondb_open(nint options, string path, byte** error);

    [LibraryImport(Library)]
    public static partial void rocksdb_optimistictransactiondb_close(nint database);

    [LibraryImport(Library)]
    public static partial nint rocksdb_optimistictransactiondb_get_base_db(nint database);

    [LibraryImport(Library)]
    public static partial void rocksdb_optimistictransactiondb_close_base_db(nint baseDatabase);

    [LibraryImport(Library)]
    public static partial nint rocksdb_optimistictransaction_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_optimistictransaction_options_destroy(nint options);

    /// <summary>Begins a transaction in the memory of an old one, if that is not 0.</summary>
    [LibraryImport(Library)]
    public static partial nint rocksdb_optimistictransaction_begin(
        nint database, nint writeOptions, nint options, nint old);

    [LibraryImport(Library)]
    public static partial void rocksdb_transaction_commit(nint transaction, byte** error);

    [LibraryImport(Library)]
    public static partial void rocksdb_transaction_destroy(nint transaction);

    [LibraryImport(Library)]
    public static partial void rocksdb_transaction_put(
        nint transaction, byte* key, nuint keyLength, byte* value, nuint valueLength, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_transaction_get_pinned_for_update(
        nint transaction, nint readOptions, byte* key, nuint keyLength, byte exclusive, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_get_pinned(
        nint database, nint readOptions, byte* key, nuint keyLength, byte** error);

    [LibraryImport(Library)]
    public static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);

    [LibraryImport(Library)]
    public static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    public static partial nint rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_flushoptions_destroy(nint flushOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_flush(nint database, nint flushOptions, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_wait_for_compact_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_wait_for_compact_options_destroy(nint waitOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_wait_for_compact(nint database, nint waitOptions, byte** error);
}
