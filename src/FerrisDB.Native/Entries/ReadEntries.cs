using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FerrisDB.Native;

/// <summary>The reads of a transaction.</summary>
internal static unsafe class ReadEntries
{
    private const string NoAddress = "127.0.0.1:0";

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get", CallConvs = [typeof(CallConvCdecl)])]
    public static nint Get(nint handle, byte* key, int keyLength, int snapshot)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            found.CountRead();
            var name = new ReadOnlySpan<byte>(key, keyLength);
            return found.Database.IsRemote
                ? FutureHandles.From(Reader(found, snapshot).GetAsync(name), FutureResult.OfValue)
                : SpareFutures.OfThread.Read(found.Transaction!, name, snapshot != 0);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_key", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetKey(nint handle, byte* key, int keyLength, int orEqual, int offset, int snapshot)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            found.CountRead();
            return FutureHandles.From(
                Reader(found, snapshot).GetKeyAsync(Selector(key, keyLength, orEqual, offset)),
                static found => FutureResult.OfKey(found));
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetRange(
        nint handle, byte* begin, int beginLength, int beginOrEqual, int beginOffset, byte* end, int endLength,
        int endOrEqual, int endOffset, int limit, int targetBytes, int mode, int iteration, int snapshot, int reverse)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            return GetRange(
                found, Selector(begin, beginLength, beginOrEqual, beginOffset),
                Selector(end, endLength, endOrEqual, endOffset), Options(limit, targetBytes, mode, reverse), iteration,
                snapshot);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_mapped_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetMappedRange(
        nint handle, byte* begin, int beginLength, int beginOrEqual, int beginOffset, byte* end, int endLength,
        int endOrEqual, int endOffset, byte* mapper, int mapperLength, int limit, int targetBytes, int mode,
        int iteration, int snapshot, int reverse)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            if (snapshot != 0)
                return FutureHandles.Failed(ErrorCode.UnsupportedOperation);
            found.CountRead();
            return FutureHandles.From(
                found.Transaction!.GetMappedPageAsync(
                    Selector(begin, beginLength, beginOrEqual, beginOffset),
                    Selector(end, endLength, endOrEqual, endOffset),
                    new ReadOnlySpan<byte>(mapper, mapperLength).ToArray(),
                    Options(limit, targetBytes, mode, reverse), iteration),
                ArrayResults.OfMappedPage);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_get_estimated_range_size_bytes", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetEstimatedRangeSizeBytes(nint handle, byte* begin, int beginLength, byte* end, int endLength)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? FutureHandles.From(
                    found.Transaction!.GetEstimatedRangeSizeBytesAsync(Range(begin, beginLength, end, endLength)),
                    FutureResult.OfNumber)
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_get_range_split_points", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetRangeSplitPoints(
        nint handle, byte* begin, int beginLength, byte* end, int endLength, long chunkBytes)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? FutureHandles.From(
                    found.Transaction!.GetRangeSplitPointsAsync(
                        Range(begin, beginLength, end, endLength), Math.Max(chunkBytes, 1)),
                    ArrayResults.OfKeys)
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    /// <summary>
    /// All keys are on the server, or in this process, which has no address: one that leads nowhere stands for it.
    /// </summary>
    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_addresses_for_key", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetAddressesForKey(nint handle, byte* key, int keyLength)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            // Keys of the system are stored as others are; what lies behind them is not.
            var isStored = keyLength < 2 || key[0] != 0xff || key[1] != 0xff;
            var servers = found.Database.Servers is { Count: > 0 } named ? named : [NoAddress];
            return FutureHandles.Ready(ArrayResults.OfStrings(
                isStored ? [.. servers.Select(server => AddressOf(server, found.NamesPorts))] : []));
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_watch", CallConvs = [typeof(CallConvCdecl)])]
    public static nint Watch(nint handle, byte* key, int keyLength)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            var cancellation = new CancellationTokenSource();
            var watching = found.Transaction!.WatchAsync(
                new ReadOnlySpan<byte>(key, keyLength), cancellation.Token);
            return FutureHandles.From(watching, cancellation);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    /// <summary>One page of a range.</summary>
    public static nint GetRange(
        TransactionHandle found, KeySelector begin, KeySelector end, RangeOptions options, int iteration, int snapshot)
    {
        found.CountRead();
        return FutureHandles.From(
            Reader(found, snapshot).GetPageAsync(begin, end, options, iteration), ArrayResults.OfPage);
    }

    private static byte[] AddressOf(string server, bool withPort) =>
        Encoding.UTF8.GetBytes((withPort ? server : server[..server.LastIndexOf(':')].Trim('[', ']')) + '\0');

    private static IReadTransaction Reader(TransactionHandle found, int snapshot) =>
        snapshot != 0 ? found.Transaction!.Snapshot : found.Transaction!;

    private static KeySelector Selector(byte* key, int length, int orEqual, int offset) =>
        new(new ReadOnlySpan<byte>(key, length).ToArray(), orEqual != 0, offset);

    private static KeyRange Range(byte* begin, int beginLength, byte* end, int endLength) => new(
        new ReadOnlySpan<byte>(begin, beginLength).ToArray(), new ReadOnlySpan<byte>(end, endLength).ToArray());

    private static RangeOptions Options(int limit, int targetBytes, int mode, int reverse) => new()
    {
        Limit = limit,
        TargetBytes = targetBytes,
        Mode = (StreamingMode)mode,
        Reverse = reverse != 0,
    };
}
