using System.Buffers;

namespace FerrisDB.Extensions;

/// <summary>The entries of a cache in a database: reads, writes and removals, each in one transaction.</summary>
/// <remarks>Thread-safe. Writers of one key never conflict: the last one to commit has it.</remarks>
internal sealed class CacheStore(Database database, FerrisDbCacheOptions options, TimeProvider clock)
{
    // What one removal looks at: a short transaction, in whose way nothing stands for long.
    private const int RemovalBatch = 100;

    private readonly CacheKeys _keys = new(options.Keys);
    private readonly int _pieceBytes = database.Options.ValueSizeLimitBytes;

    /// <summary>
    /// The pieces of an entry's value, or null if it is absent or has expired; prolongs it if it slides.
    /// </summary>
    public async ValueTask<CachedValue?> ReadAsync(string key, bool withValue, CancellationToken cancellationToken)
    {
        using var transaction = database.CreateTransaction();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CachedValue found;
            try
            {
                // The header comes first.
                var rows = await transaction.Snapshot.GetRangeAsync(
                    _keys.AllOf(key), new RangeOptions { Limit = withValue ? 0 : 1 });
                if (rows.Count == 0)
                    return null;
                found = new CachedValue(CacheEntry.Read(rows[0].Value.Span), rows);
            }
            catch (FerrisException error)
            {
                await transaction.OnErrorAsync(error, cancellationToken);
                continue;
            }
            var now = clock.GetUtcNow();
            if (found.Entry.IsExpiredAt(now))
                return null;
            if (found.Entry.IsWorthTouching(now))
                await TryTouchAsync(transaction, key, found.Entry, now);
            return found;
        }
    }

    public ValueTask WriteAsync(
        string key, CacheEntry entry, ReadOnlySequence<byte> value, CancellationToken cancellationToken) =>
        RunAsync(
            async transaction =>
            {
                await RemoveAsync(transaction, key);
                Write(transaction, key, entry);
                for (var number = 1; value.Length > 0; number++)
                {
                    var piece = value.Slice(0, Math.Min(value.Length, _pieceBytes));
                    transaction.Set(
                        _keys.PieceOf(key, number), piece.IsSingleSegment ? piece.FirstSpan : piece.ToArray());
                    value = value.Slice(piece.Length);
                }
                return true;
            },
            cancellationToken);

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(
            async transaction =>
            {
                await RemoveAsync(transaction, key);
                return true;
            },
            cancellationToken);

    /// <summary>Removes what has expired, batch by batch.</summary>
    public async ValueTask RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var left = _keys.ExpiriesUntil(clock.GetUtcNow());
        var more = true;
        while (more)
        {
            // Not from the beginning each time: what is removed is passed over at a cost.
            var next = left;
            await RunAsync(
                async transaction =>
                {
                    var rows = await transaction.Snapshot.GetRangeAsync(
                        left, new RangeOptions { Limit = RemovalBatch });
                    foreach (var row in rows)
                        await RemoveExpiredAsync(transaction, row.Key);
                    more = rows.Count == RemovalBatch;
                    next = more ? new KeyRange(rows[^1].Key.ToArray(), left.End) : left;
                    return rows.Count > 0;
                },
                cancellationToken);
            left = next;
        }
    }

    // The time may be that of an entry that was replaced or prolonged since; then only this note of it goes.
    private async ValueTask RemoveExpiredAsync(Transaction transaction, ReadOnlyMemory<byte> expiry)
    {
        var (ticks, key) = _keys.ReadExpiry(expiry.Span);
        transaction.Clear(expiry.Span);
        if (await transaction.GetAsync(_keys.HeaderOf(key)) is { } header
            && CacheEntry.Read(header).ExpiresTicks == ticks)
            transaction.ClearRange(_keys.AllOf(key));
    }

    private async ValueTask RemoveAsync(Transaction transaction, string key)
    {
        // A snapshot read: that of two writers one may miss the other's expiry costs a row for a while, and a conflict
        // would cost an attempt.
        if (await transaction.Snapshot.GetAsync(_keys.HeaderOf(key)) is { } header)
            transaction.Clear(_keys.ExpiryOf(key, CacheEntry.Read(header)));
        transaction.ClearRange(_keys.AllOf(key));
    }

    private void Write(Transaction transaction, string key, CacheEntry entry)
    {
        Span<byte> header = stackalloc byte[CacheEntry.SizeBytes];
        entry.Write(header);
        transaction.Set(_keys.HeaderOf(key), header);
        if (entry.ExpiresTicks != CacheEntry.Never)
            transaction.Set(_keys.ExpiryOf(key, entry), []);
    }

    private async ValueTask TryTouchAsync(Transaction transaction, string key, CacheEntry entry, DateTimeOffset now)
    {
        try
        {
            var header = _keys.HeaderOf(key);
            transaction.AddReadConflictRange(header, [.. header, 0]);
            transaction.Clear(_keys.ExpiryOf(key, entry));
            Write(transaction, key, entry.TouchedAt(now));
            await transaction.CommitAsync(options.Durability);
        }
        catch (FerrisException)
        {
            // Somebody else has touched, replaced or removed it, or the disk takes no writes: what was read is good.
        }
    }

    // As Database.RunAsync, with the cache's own durability. A body that returns false has nothing to commit.
    private async ValueTask RunAsync(Func<Transaction, ValueTask<bool>> body, CancellationToken cancellationToken)
    {
        using var transaction = database.CreateTransaction();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await body(transaction))
                    await transaction.CommitAsync(options.Durability);
                return;
            }
            catch (FerrisException error)
            {
                await transaction.OnErrorAsync(error, cancellationToken);
            }
        }
    }
}
