using System.Buffers;

namespace FerrisDB;

/// <summary>The reads of a transaction that add no read conflicts.</summary>
internal sealed class SnapshotReads(Transaction transaction, TransactionContext context) : IReadTransaction
{
    private TransactionReader Reader => new(context);

    public ValueTask<long> GetReadVersionAsync() => transaction.GetReadVersionAsync();

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key) => Reader.GetAsync(key, isSnapshot: true);

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination) =>
        Reader.TryGetAsync(key, destination, isSnapshot: true);

    public ValueTask<byte[]> GetKeyAsync(KeySelector selector) => Reader.GetKeyAsync(selector, isSnapshot: true);

    public ValueTask<RangePage> GetPageAsync(
        KeySelector begin, KeySelector end, RangeOptions options = default, int iteration = 1) =>
        Reader.GetPageAsync(begin, end, options, iteration, isSnapshot: true);

    public IAsyncEnumerable<KeyValue> GetRange(KeySelector begin, KeySelector end, RangeOptions options = default) =>
        RangeReading.ReadAsync(this, begin, end, options);
}
