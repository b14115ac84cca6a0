using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>What futures have. What a pointer leads to lives until the future is destroyed or released.</summary>
internal static unsafe class GetterEntries
{
    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_int64", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetInt64(nint handle, long* number) => TakeNumber(handle, number);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_uint64", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetUInt64(nint handle, long* number) => TakeNumber(handle, number);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetVersion(nint handle, long* version) => TakeNumber(handle, version);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_bool", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetBool(nint handle, int* value)
    {
        long number;
        var error = TakeNumber(handle, &number);
        if (error == 0)
            *value = number == 0 ? 0 : 1;
        return error;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_double", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetDouble(nint handle, double* number)
    {
        var error = Take(handle, FutureKind.Real, out var result);
        if (error == 0)
            *number = BitConverter.Int64BitsToDouble(result.Number);
        return error;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_key", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetKey(nint handle, nint* key, int* length)
    {
        var error = Take(handle, FutureKind.Key, out var result);
        if (error == 0)
            (*key, *length) = (result.Memory, result.Length);
        return error;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_value", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetValue(nint handle, int* present, nint* value, int* length)
    {
        if (HandleTable.FindFuture(handle) is not { } future)
            return (int)ErrorCode.OperationCancelled;
        var error = future.Take(FutureKind.Value, out var result);
        // FoundationDB looks at no kind, and its own programs ask for the value of a key.
        if (error == (int)ErrorCode.ClientInvalidOperation)
            error = future.Take(FutureKind.Key, out result);
        if (error != 0)
            return error;
        *present = result.Flag ? 1 : 0;
        if (result.Flag)
            (*value, *length) = (result.Memory, result.Length);
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_keyvalue_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetKeyValueArray(nint handle, nint* rows, int* count, int* more) =>
        TakeArray(handle, FutureKind.KeyValues, rows, count, more);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_mappedkeyvalue_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetMappedKeyValueArray(nint handle, nint* rows, int* count, int* more) =>
        TakeArray(handle, FutureKind.MappedKeyValues, rows, count, more);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_key_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetKeyArray(nint handle, nint* keys, int* count) =>
        TakeArray(handle, FutureKind.Keys, keys, count, null);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_string_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetStringArray(nint handle, nint* texts, int* count) =>
        TakeArray(handle, FutureKind.Strings, texts, count, null);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_cluster", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetCluster(nint handle, nint* cluster) => TakeHandle(handle, FutureKind.Cluster, cluster);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_database", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetDatabase(nint handle, nint* database) => TakeHandle(handle, FutureKind.Database, database);

    private static int Take(nint handle, FutureKind kind, out FutureResult result)
    {
        result = default;
        return HandleTable.FindFuture(handle)?.Take(kind, out result) ?? (int)ErrorCode.OperationCancelled;
    }

    private static int TakeNumber(nint handle, long* number)
    {
        var error = Take(handle, FutureKind.Number, out var result);
        if (error == 0)
            *number = result.Number;
        return error;
    }

    private static int TakeHandle(nint handle, FutureKind kind, nint* taken)
    {
        var error = Take(handle, kind, out var result);
        if (error == 0)
            *taken = (nint)result.Number;
        return error;
    }

    private static int TakeArray(nint handle, FutureKind kind, nint* array, int* count, int* more)
    {
        var error = Take(handle, kind, out var result);
        if (error != 0)
            return error;
        (*array, *count) = (result.Memory, result.Length);
        if (more != null)
            *more = result.Flag ? 1 : 0;
        return 0;
    }
}
