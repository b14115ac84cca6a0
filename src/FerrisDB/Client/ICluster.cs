using System.Buffers;

namespace FerrisDB;

/// <summary>The database as a client sees it: what it can be asked, whatever answers.</summary>
/// <remarks>
/// Thread-safe. An answer that is at hand completes at once, on the caller's thread. Errors come with the task, never
/// from the call.
/// </remarks>
internal interface ICluster : IAsyncDisposable
{
    /// <summary>
    /// True if a commit is decided in this process, so that its batch can be handed over as it is.
    /// </summary>
    bool TakesBatches => false;

    /// <summary>
    /// The last version that may have changed which tenants there are, if that is known: whoever can read at a version
    /// knows about all changes up to there.
    /// </summary>
    long LastTenantChange => long.MaxValue;

    /// <summary>Whether nobody may read outside of all tenants without raw access, as far as that is known.</summary>
    bool RequiresTenants => false;

    /// <summary>A version at which everything that was acknowledged so far can be seen.</summary>
    /// <param name="priority">Who gets it first, if not all can have one now.</param>
    /// <param name="isLockAware">One that may be had although the database is locked.</param>
    ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority = TransactionPriority.Default, bool isLockAware = false);

    /// <summary>
    /// As <see cref="GetReadVersionAsync(TransactionPriority, bool)"/>, for a transaction with tags.
    /// </summary>
    ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority, bool isLockAware, IReadOnlyList<TransactionTag> tags) =>
        GetReadVersionAsync(priority, isLockAware);

    /// <summary>The value of a key, or null if it is absent.</summary>
    ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at);

    /// <summary>Appends the value of a key to the destination; false if it is absent.</summary>
    ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination);

    /// <summary>Appends rows of a range. True if a limit ended them: there may be more.</summary>
    ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows);

    /// <summary>Decides a transaction, and makes it durable if it is committed: see its verdict.</summary>
    /// <remarks>The transaction must not be touched before the task is done.</remarks>
    ValueTask CommitAsync(CommitTransaction transaction, Durability durability);

    /// <summary>Arms a watch: it fires at the first change after the version at which its value was seen.</summary>
    void AddWatch(Watch watch);

    /// <summary>Nobody waits for the watch any more.</summary>
    void RemoveWatch(Watch watch);

    /// <summary>About how many bytes a range takes.</summary>
    ValueTask<long> EstimateSizeBytesAsync(KeyRange range);

    /// <summary>Keys that cut a range into pieces of about so many bytes.</summary>
    ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes);
}
