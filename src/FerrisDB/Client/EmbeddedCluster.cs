using System.Buffers;

namespace FerrisDB;

/// <summary>All roles in this process, wired by method calls.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EmbeddedCluster : ICluster
{
    private static readonly TimeSpan FutureVersionWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FutureVersionStep = TimeSpan.FromMilliseconds(5);

    private readonly SharedRoles _shared;
    private readonly EmbeddedRoles _roles;
    private readonly StorageServer _storage;
    private readonly TimeProvider _clock;
    private volatile bool _isClosed;

    public EmbeddedCluster(SharedRoles shared)
    {
        _shared = shared;
        _roles = shared.Roles;
        _storage = _roles.Storage;
        _clock = _roles.Engine.Options.TimeProvider;
    }

    public EmbeddedRoles Roles => _roles;

    public bool TakesBatches => true;

    public long LastTenantChange => _roles.Tenants.LastChange;

    public bool RequiresTenants => _roles.Tenants.AreRequired;

    public StorageEngine Engine => _roles.Engine;

    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware)
    {
        if (_isClosed)
            return Closed<long>();
        return _roles.GrvProxy.TryGetReadVersion(isLockAware, out var version, out var holder)
            ? ValueTask.FromResult(version)
            : ValueTask.FromException<long>(DatabaseLock.Locked(holder));
    }

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at)
    {
        if (_isClosed)
            return Closed<byte[]?>();
        if (at.Version > _storage.LastVersion)
            return GetLaterAsync(key.ToArray(), at);
        try
        {
            return ValueTask.FromResult(_storage.Get(key, at.Version, at.IsHeld));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<byte[]?>(exception);
        }
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination)
    {
        if (_isClosed)
            return Closed<bool>();
        if (at.Version > _storage.LastVersion)
            return TryGetLaterAsync(key.ToArray(), at, destination);
        try
        {
            return ValueTask.FromResult(_storage.TryRead(key, at.Version, at.IsHeld, destination));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<bool>(exception);
        }
    }

    public ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        if (_isClosed)
            return Closed<bool>();
        if (at.Version > _storage.LastVersion)
            return GetRangeLaterAsync(request, at, rows);
        try
        {
            return ValueTask.FromResult(GetRange(request, at, rows));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<bool>(exception);
        }
    }

    public ValueTask CommitAsync(CommitTransaction transaction, Durability durability) =>
        _isClosed ? ValueTask.FromException(ClosedError()) : _roles.CommitAsync(transaction, durability);

    public void AddWatch(Watch watch) => _storage.Watches.Add(watch);

    public void RemoveWatch(Watch watch) => _storage.Watches.Remove(watch);

    public ValueTask<long> EstimateSizeBytesAsync(KeyRange range) => new(Engine.EstimateSizeBytes(range));

    public ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes) =>
        new(Engine.GetSplitPoints(range, chunkBytes));

    public ValueTask DisposeAsync()
    {
        // Others may share the roles, and go on.
        _isClosed = true;
        return OpenFolders.ReleaseAsync(_shared);
    }

    private static ValueTask<T> Closed<T>() => ValueTask.FromException<T>(ClosedError());

    private static ObjectDisposedException ClosedError() => new(nameof(Database));

    private bool GetRange(RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        // The bounds of a cursor are arrays; only the end where the read stops needs one.
        var options = new CursorOptions
        {
            LowerBound = request.Reverse ? request.Begin.ToArray() : null,
            UpperBound = request.Reverse ? null : request.End.ToArray(),
            KeysOnly = request.KeysOnly,
        };
        using var cursor = _storage.OpenCursor(at.Version, at.IsHeld, options);
        var found = request.Reverse ? cursor.SeekBefore(request.End.Span) : cursor.Seek(request.Begin.Span);
        if (found)
            rows.Reserve(request.TargetBytes, request.RowsMax);
        var bytes = 0L;
        for (var count = 1; found; count++)
        {
            var key = cursor.Key;
            var value = request.KeysOnly ? default : cursor.Value;
            rows.Add(key, value);
            bytes += RangeRequest.RowOverheadBytes + key.Length + value.Length;
            if (count == request.RowsMax || bytes >= request.TargetBytes)
                return true;
            found = request.Reverse ? cursor.Previous() : cursor.Next();
        }
        return false;
    }

    private async ValueTask<byte[]?> GetLaterAsync(byte[] key, ReadPoint at)
    {
        await WhenCommittedAsync(at.Version);
        return await GetAsync(key, at);
    }

    private async ValueTask<bool> TryGetLaterAsync(byte[] key, ReadPoint at, IBufferWriter<byte> destination)
    {
        await WhenCommittedAsync(at.Version);
        return await TryGetAsync(key, at, destination);
    }

    private async ValueTask<bool> GetRangeLaterAsync(RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        await WhenCommittedAsync(at.Version);
        return await GetRangeAsync(request, at, rows);
    }

    // Somebody may have got the version from elsewhere, a moment before it is visible here.
    private async ValueTask WhenCommittedAsync(long version)
    {
        var begun = _clock.GetTimestamp();
        while (version > _storage.LastVersion)
        {
            if (_clock.GetElapsedTime(begun) >= FutureVersionWait)
                throw new FerrisException(
                    ErrorCode.FutureVersion,
                    $"Version {version} is not committed; the newest is {_storage.LastVersion}. Run the transaction "
                        + "again.");
            await Task.Delay(FutureVersionStep, _clock);
        }
    }
}
