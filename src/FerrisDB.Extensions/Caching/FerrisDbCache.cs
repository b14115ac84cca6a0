using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace FerrisDB.Extensions;

/// <summary>A cache in a database: as fast as memory for what is hot, and still there after a restart.</summary>
/// <remarks>
/// Thread-safe. An expired entry is invisible at once, and removed in the background. An entry that slides expires up
/// to 1 s early, or a twentieth of its time if that is less, because not every read prolongs it. A value may be as
/// large as a transaction: see <see cref="DatabaseOptions.TransactionSizeLimitBytes"/>; a key as long as the limit of
/// keys, less some 50 bytes.
/// </remarks>
public sealed class FerrisDbCache : IBufferDistributedCache, IAsyncDisposable, IDisposable
{
    private readonly CacheStore _store;
    private readonly TimeProvider _clock;
    private readonly ITimer? _timer;
    private readonly CancellationTokenSource _closing = new();
    private Task _removal = Task.CompletedTask;
    private int _isRemoving;

    /// <summary>Creates a cache. Removes what has expired from now on; dispose it before the database.</summary>
    /// <param name="database">Where the entries are.</param>
    /// <param name="options">Null: all as by default.</param>
    /// <param name="clock">Tells what has expired; null is the system's.</param>
    public FerrisDbCache(Database database, FerrisDbCacheOptions? options = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        options ??= new FerrisDbCacheOptions();
        options.Validate();
        _clock = clock ?? TimeProvider.System;
        _store = new CacheStore(database, options, _clock);
        if (options.RemovalPeriod != Timeout.InfiniteTimeSpan)
            _timer = _clock.CreateTimer(
                static cache => ((FerrisDbCache)cache!).BeginRemoval(), this, options.RemovalPeriod,
                options.RemovalPeriod);
    }

    /// <inheritdoc/>
    public byte[]? Get(string key) => Wait(GetAsync(key));

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (await _store.ReadAsync(key, withValue: true, token))?.ToArray();
    }

    /// <inheritdoc/>
    public bool TryGet(string key, IBufferWriter<byte> destination) =>
        Wait(TryGetAsync(key, destination).AsTask());

    /// <inheritdoc/>
    public async ValueTask<bool> TryGetAsync(
        string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(destination);
        if (await _store.ReadAsync(key, withValue: true, token) is not { } found)
            return false;
        found.CopyTo(destination);
        return true;
    }

    /// <inheritdoc/>
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        SetAsync(key, value, options).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public Task SetAsync(
        string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SetAsync(key, new ReadOnlySequence<byte>(value), options, token).AsTask();
    }

    /// <inheritdoc/>
    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) =>
        SetAsync(key, value, options).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options,
        CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        var entry = CacheEntry.Create(options, _clock.GetUtcNow(), checked((int)value.Length));
        return _store.WriteAsync(key, entry, value, token);
    }

    /// <inheritdoc/>
    public void Refresh(string key) => RefreshAsync(key).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async Task RefreshAsync(string key, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        await _store.ReadAsync(key, withValue: false, token);
    }

    /// <inheritdoc/>
    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        await _store.RemoveAsync(key, token);
    }

    /// <summary>
    /// Removes what has expired, now, a hundred entries in a transaction. The cache does it by itself every
    /// <see cref="FerrisDbCacheOptions.RemovalPeriod"/>.
    /// </summary>
    public ValueTask RemoveExpiredAsync(CancellationToken cancellationToken = default) =>
        _store.RemoveExpiredAsync(cancellationToken);

    /// <summary>Stops the removal in the background. May be called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await Volatile.Read(ref _removal);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        Stop();
        Volatile.Read(ref _removal).GetAwaiter().GetResult();
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private void Stop()
    {
        _timer?.Dispose();
        _closing.Cancel();
    }

    private void BeginRemoval()
    {
        if (Interlocked.Exchange(ref _isRemoving, 1) == 0)
            Volatile.Write(ref _removal, RemoveInBackgroundAsync());
    }

    private async Task RemoveInBackgroundAsync()
    {
        try
        {
            await _store.RemoveExpiredAsync(_closing.Token);
        }
        catch (Exception error) when (error is FerrisException or OperationCanceledException or ObjectDisposedException)
        {
            // Nothing is wrong with the cache: what is left is invisible, and the next period tries again.
        }
        finally
        {
            Volatile.Write(ref _isRemoving, 0);
        }
    }
}
