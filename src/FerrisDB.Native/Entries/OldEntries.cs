using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>Functions that newer headers do not have any more.</summary>
internal static unsafe class OldEntries
{
    [UnmanagedCallersOnly(EntryPoint = "fdb_create_cluster", CallConvs = [typeof(CallConvCdecl)])]
    public static nint CreateCluster(byte* clusterFile)
    {
        try
        {
            var path = Marshal.PtrToStringUTF8((nint)clusterFile);
            var cluster = HandleTable.Add(new ClusterHandle(path));
            return FutureHandles.Ready(FutureResult.OfHandle(FutureKind.Cluster, cluster));
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_cluster_create_database", CallConvs = [typeof(CallConvCdecl)])]
    public static nint CreateDatabase(nint handle, byte* name, int nameLength)
    {
        try
        {
            if (HandleTable.Find(handle) is not ClusterHandle cluster)
                return FutureHandles.Failed(ErrorCode.ClientInvalidOperation);
            if (!new ReadOnlySpan<byte>(name, nameLength).SequenceEqual("DB"u8))
                return FutureHandles.Failed(NativeErrors.InvalidDatabaseName);
            var database = HandleTable.Add(DatabaseHandle.OpenFile(cluster.Path));
            return FutureHandles.Ready(FutureResult.OfHandle(FutureKind.Database, database));
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_cluster_set_option", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetOption(nint handle, int option, byte* value, int length) => 0;

    [UnmanagedCallersOnly(EntryPoint = "fdb_cluster_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle) => HandleTable.Remove<ClusterHandle>(handle);

    /// <summary>A range by selectors, all of it up to a limit.</summary>
    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_get_range_selector", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetRangeSelector(
        nint handle, byte* begin, int beginLength, int beginOrEqual, int beginOffset, byte* end, int endLength,
        int endOrEqual, int endOffset, int limit)
    {
        try
        {
            if (!Transactions.TryFind(handle, out var found, out var error))
                return FutureHandles.Failed(error);
            // A negative limit counted from the end.
            var options = new RangeOptions
            {
                Limit = Math.Abs(limit),
                Mode = StreamingMode.WantAll,
                Reverse = limit < 0,
            };
            return ReadEntries.GetRange(
                found,
                new KeySelector(
                    new ReadOnlySpan<byte>(begin, beginLength).ToArray(), beginOrEqual != 0, beginOffset),
                new KeySelector(new ReadOnlySpan<byte>(end, endLength).ToArray(), endOrEqual != 0, endOffset),
                options, iteration: 1, snapshot: 0);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }
}
