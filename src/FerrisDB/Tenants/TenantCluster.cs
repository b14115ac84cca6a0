using System.Buffers;

namespace FerrisDB;

// A transaction of a tenant does not know that it is one: it reads, merges, counts and conflicts in its own keys. Only
// here, on the way to the roles, they get the tenant's prefix, and lose it on the way back:
//
//     Transaction        TenantCluster                     the roles
//     get "a"       ──►  id? ──► 00 00 .. 05 "a"      ──►  value
//     range "a" "b" ──►         00 .. 05 "a" 00 .. 05 "b"
//     "a" "ab"      ◄──         rows without prefix   ◄──  00 .. 05 "a", 00 .. 05 "ab"
//     commit        ──►  a copy: conflict ranges, keys, offsets of stamps, and the tenant's number
//
// The number is looked up once, at the version of the first read. Later reads only ask whether the tenant is still
// there, and that not even once for each version, where it is known when that can have changed.

/// <summary>The part of a cluster that belongs to a tenant.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TenantCluster(ICluster cluster, byte[] name) : ICluster
{
    private const int StackBytesMax = 256;

    private readonly TenantWatches _watches = new(cluster, name);

    // Set once.
    private byte[]? _prefix;

    // The newest version at which the tenant was seen to be there.
    private long _seenAt;
    private TenantCommit? _spare;

    /// <summary>What the tenant is part of.</summary>
    public ICluster Whole => cluster;

    public long LastTenantChange => cluster.LastTenantChange;

    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware) =>
        cluster.GetReadVersionAsync(priority, isLockAware);

    public ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority, bool isLockAware, IReadOnlyList<TransactionTag> tags) =>
        cluster.GetReadVersionAsync(priority, isLockAware, tags);

    /// <summary>The tenant's number, at the newest version.</summary>
    public async ValueTask<long> GetIdAsync()
    {
        // A lock of the database keeps nobody from knowing which tenant this is.
        var version = await cluster.GetReadVersionAsync(isLockAware: true);
        return TenantKeys.Number(await PrefixAsync(new ReadPoint(version, IsHeld: false)), TenantKeys.NoTenant);
    }

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at)
    {
        if (KeyLimits.IsSystem(key))
            return cluster.GetAsync(key, at);
        if (KnownPrefix(at) is not { } prefix)
            return GetLaterAsync(key.ToArray(), at);
        var length = prefix.Length + key.Length;
        var whole = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[length];
        return cluster.GetAsync(Join(prefix, key, whole), at);
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination)
    {
        if (KeyLimits.IsSystem(key))
            return cluster.TryGetAsync(key, at, destination);
        if (KnownPrefix(at) is not { } prefix)
            return TryGetLaterAsync(key.ToArray(), at, destination);
        var length = prefix.Length + key.Length;
        var whole = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[length];
        return cluster.TryGetAsync(Join(prefix, key, whole), at, destination);
    }

    public async ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        if (KnownPrefix(at) is { } prefix)
            return await GetRangeAsync(prefix, request, at, rows);
        // Whoever knows the number does not wait for it to be looked at before the question itself is on its way.
        return Volatile.Read(ref _prefix) is { } known
            ? await BothAsync(PrefixAsync(at), GetRangeAsync(known, request, at, rows))
            : await GetRangeAsync(await PrefixAsync(at), request, at, rows);
    }

    public async ValueTask CommitAsync(CommitTransaction transaction, Durability durability)
    {
        // Whether it is still there, the commit proxy knows.
        var prefix = Volatile.Read(ref _prefix) ?? await PrefixAsync(await CommitPointAsync(transaction));
        var commit = Interlocked.Exchange(ref _spare, null) ?? new TenantCommit();
        commit.Fill(transaction, prefix);
        await cluster.CommitAsync(commit.Whole, durability);
        commit.Answer(transaction);
        // Only one that went well comes back: after a failure somebody may still be at it.
        Volatile.Write(ref _spare, commit);
    }

    public void AddWatch(Watch watch)
    {
        var placed = Placed(watch);
        cluster.AddWatch(placed);
        if (placed != watch)
            _watches.Add(placed, TenantKeys.Entry(TenantKeys.Number(_prefix, TenantKeys.NoTenant)));
    }

    public void RemoveWatch(Watch watch) => cluster.RemoveWatch(Placed(watch));

    public async ValueTask<long> EstimateSizeBytesAsync(KeyRange range) =>
        await cluster.EstimateSizeBytesAsync(Join(await NewestPrefixAsync(), range));

    public async ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes)
    {
        var prefix = await NewestPrefixAsync();
        var points = await cluster.GetSplitPointsAsync(Join(prefix, range), chunkBytes);
        return [.. points.Select(point => point[prefix.Length..])];
    }

    /// <summary>Nothing: the cluster belongs to the database.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ReadOnlySpan<byte> Join(byte[] prefix, ReadOnlySpan<byte> key, Span<byte> room)
    {
        prefix.CopyTo(room);
        key.CopyTo(room[prefix.Length..]);
        return room[..(prefix.Length + key.Length)];
    }

    private static byte[] Join(byte[] prefix, ReadOnlySpan<byte> key) => [.. prefix, .. key];

    private static KeyRange Join(byte[] prefix, KeyRange range) =>
        new(Join(prefix, range.Begin), Join(prefix, range.End));

    private static byte[] EndOf(byte[] prefix, ReadOnlySpan<byte> end)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.TenantRangesRunOn)
            return [.. prefix.AsSpan(0, prefix.Length - 1), (byte)(prefix[^1] + 2)];
#endif
        return Join(prefix, end);
    }

    // A watch is armed by a commit that has read its key: by then the tenant is known.
    private Watch Placed(Watch watch)
    {
        if (KeyLimits.IsSystem(watch.Key) || Volatile.Read(ref _prefix) is not { } prefix)
            return watch;
        return watch.Behind(prefix);
    }

    private async ValueTask<bool> GetRangeAsync(byte[] prefix, RangeRequest request, ReadPoint at, RowBuffer rows)
    {
        var first = rows.Count;
        var whole = request with { Begin = Join(prefix, request.Begin.Span), End = EndOf(prefix, request.End.Span) };
        var more = await cluster.GetRangeAsync(whole, at, rows);
        rows.Behead(first, prefix.Length);
        return more;
    }

    private async ValueTask<byte[]?> GetLaterAsync(byte[] key, ReadPoint at)
    {
        if (Volatile.Read(ref _prefix) is not { } known)
            return await cluster.GetAsync(Join(await PrefixAsync(at), key), at);
        return await BothAsync(PrefixAsync(at), cluster.GetAsync(Join(known, key), at));
    }

    private async ValueTask<bool> TryGetLaterAsync(byte[] key, ReadPoint at, IBufferWriter<byte> destination)
    {
        if (await GetLaterAsync(key, at) is not { } value)
            return false;
        destination.Write(value);
        return true;
    }

    // The answer, if the tenant is there; both are on their way at the same time.
    private static async ValueTask<T> BothAsync<T>(ValueTask<byte[]> checking, ValueTask<T> reading)
    {
        if (checking.IsCompletedSuccessfully)
            return await reading;
        var (check, read) = (checking.AsTask(), reading.AsTask());
        await Task.WhenAll(check, read);
        return await read;
    }

    private async ValueTask<ReadPoint> CommitPointAsync(CommitTransaction transaction) => new(
        transaction.ReadVersion > 0
            ? transaction.ReadVersion
            : await cluster.GetReadVersionAsync(isLockAware: transaction.IsLockAware),
        IsHeld: false);

    private async ValueTask<byte[]> NewestPrefixAsync() => Volatile.Read(ref _prefix)
        ?? await PrefixAsync(new ReadPoint(await cluster.GetReadVersionAsync(isLockAware: true), IsHeld: false));

    // The prefix, if nobody has to be asked whether the tenant is there.
    private byte[]? KnownPrefix(ReadPoint at)
    {
        if (Volatile.Read(ref _prefix) is not { } prefix)
            return null;
        var seenAt = Volatile.Read(ref _seenAt);
        return at.Version <= seenAt || cluster.LastTenantChange <= seenAt ? prefix : null;
    }

    private async ValueTask<byte[]> PrefixAsync(ReadPoint at)
    {
        if (Volatile.Read(ref _prefix) is { } known)
        {
            if (await cluster.GetAsync(TenantKeys.Entry(TenantKeys.Number(known, TenantKeys.NoTenant)), at) is null)
                throw NotFound();
            See(at.Version);
            return known;
        }
        var number = await cluster.GetAsync(TenantKeys.Name(name), at) ?? throw NotFound();
        // Of two that look at the same time both find the same, or one of them an older one of that name.
        var prefix = Interlocked.CompareExchange(ref _prefix, number, null) ?? number;
        if (!prefix.AsSpan().SequenceEqual(number))
            return await PrefixAsync(at);
        See(at.Version);
        return prefix;
    }

    private void See(long version)
    {
        var seenAt = Volatile.Read(ref _seenAt);
        while (version > seenAt)
        {
            var before = Interlocked.CompareExchange(ref _seenAt, version, seenAt);
            if (before == seenAt)
                return;
            seenAt = before;
        }
    }

    private FerrisException NotFound() => TenantRules.NotFound(KeyText.Of(name));
}
