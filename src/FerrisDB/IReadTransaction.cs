using System.Buffers;

namespace FerrisDB;

/// <summary>
/// What can be read from a database at one version: by a transaction, its snapshot reads, or a snapshot.
/// </summary>
/// <remarks>
/// Any number of reads may run at once. Errors come with the task, as <see cref="FerrisException"/>: among others
/// <see cref="ErrorCode.TransactionTooOld"/> (run the transaction again), <see cref="ErrorCode.TransactionTimedOut"/>,
/// <see cref="ErrorCode.KeyOutsideLegalRange"/>, <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.IoError"/>.
/// </remarks>
public interface IReadTransaction
{
    /// <summary>The version at which all is read. Taken with the first read.</summary>
    ValueTask<long> GetReadVersionAsync();

    /// <summary>The value of a key (a copy), or null if it is absent.</summary>
    ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key);

    /// <summary>
    /// Appends the value of a key to a buffer, as <see cref="GetAsync"/> reads it but without an array for each value.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">
    /// Not to be used by anybody else until the task is done. Nothing is appended to it if the key is absent.
    /// </param>
    /// <returns>False if the key is absent.</returns>
    ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination);

    /// <summary>
    /// The key that a selector describes; empty if that lies before the first one, <c>\xff</c> behind the last one.
    /// </summary>
    ValueTask<byte[]> GetKeyAsync(KeySelector selector);

    /// <summary>One page of the rows from one selector to another, the second excluded.</summary>
    /// <param name="begin">Where the rows begin.</param>
    /// <param name="end">Where they end; if that is at or before the begin there are none.</param>
    /// <param name="options">Limits, direction, and how large a page is.</param>
    /// <param name="iteration">The number of the page, from 1: pages of an iterator grow.</param>
    ValueTask<RangePage> GetPageAsync(
        KeySelector begin, KeySelector end, RangeOptions options = default, int iteration = 1);

    /// <summary>
    /// The rows from one selector to another, the second excluded, page by page as they are asked for.
    /// </summary>
    IAsyncEnumerable<KeyValue> GetRange(KeySelector begin, KeySelector end, RangeOptions options = default);
}
