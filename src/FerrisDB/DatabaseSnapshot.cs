using System.Buffers;

namespace FerrisDB;

/// <summary>
/// A database as it was at one version, readable for as long as it is held: no limit of five seconds.
/// </summary>
/// <remarks>
/// Thread-safe. What is overwritten or cleared meanwhile is kept for it, in memory and on disk: let it go when it is
/// not needed any more. FoundationDB has no such thing.
/// </remarks>
public sealed class DatabaseSnapshot : IReadTransaction, IDisposable
{
    private readonly Snapshot _snapshot;
    private readonly Transaction _reads;

    internal DatabaseSnapshot(Database database, Snapshot snapshot)
    {
        _snapshot = snapshot;
        Version = Math.Max(snapshot.Version, Sequencer.FirstVersion);
        _reads = new Transaction(new TransactionContext(database) { IsHeld = true, ReadVersion = Version });
        _reads.SetOption(TransactionOption.Timeout, 0);
    }

    /// <summary>The version that is read.</summary>
    public long Version { get; }

    /// <inheritdoc/>
    public ValueTask<long> GetReadVersionAsync() => ValueTask.FromResult(Version);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key) => _reads.Snapshot.GetAsync(key);

    /// <inheritdoc/>
    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination) =>
        _reads.Snapshot.TryGetAsync(key, destination);

    /// <inheritdoc/>
    public ValueTask<byte[]> GetKeyAsync(KeySelector selector) => _reads.Snapshot.GetKeyAsync(selector);

    /// <inheritdoc/>
    public ValueTask<RangePage> GetPageAsync(
        KeySelector begin, KeySelector end, RangeOptions options = default, int iteration = 1) =>
        _reads.Snapshot.GetPageAsync(begin, end, options, iteration);

    /// <inheritdoc/>
    public IAsyncEnumerable<KeyValue> GetRange(KeySelector begin, KeySelector end, RangeOptions options = default) =>
        _reads.Snapshot.GetRange(begin, end, options);

    /// <summary>Lets the version go. Reads fail from now on. May be called twice.</summary>
    public void Dispose()
    {
        _reads.Dispose();
        _snapshot.Dispose();
    }
}
