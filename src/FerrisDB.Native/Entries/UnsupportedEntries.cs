using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>
/// Blob granules, which do not exist here, and what FoundationDB's libraries use among themselves. Arguments are not
/// looked at: the answer is always that this is not supported.
/// </summary>
internal static class UnsupportedEntries
{
    private const int Unsupported = (int)ErrorCode.UnsupportedOperation;

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_blobbify_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseBlobbifyRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_blobbify_range_blocking", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseBlobbifyRangeBlocking() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_flush_blob_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseFlushBlobRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_list_blobbified_ranges", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseListBlobbifiedRanges() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_purge_blob_granules", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabasePurgeBlobGranules() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_unblobbify_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseUnblobbifyRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_verify_blob_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseVerifyBlobRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_database_wait_purge_granules_complete", CallConvs = [typeof(CallConvCdecl)])]
    public static nint DatabaseWaitPurgeGranulesComplete() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_blobbify_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantBlobbifyRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_blobbify_range_blocking", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantBlobbifyRangeBlocking() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_flush_blob_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantFlushBlobRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_list_blobbified_ranges", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantListBlobbifiedRanges() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_purge_blob_granules", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantPurgeBlobGranules() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_unblobbify_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantUnblobbifyRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_verify_blob_range", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantVerifyBlobRange() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_wait_purge_granules_complete", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TenantWaitPurgeGranulesComplete() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_blob_granule_ranges", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionGetBlobGranuleRanges() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_read_blob_granules_description", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionReadBlobGranulesDescription() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_read_blob_granules_start", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionReadBlobGranulesStart() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_summarize_blob_granules", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionSummarizeBlobGranules() => FutureHandles.Failed(Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_readbg_parse_delta_file", CallConvs = [typeof(CallConvCdecl)])]
    public static nint ReadbgParseDeltaFile() => HandleTable.Add(ResultHandle.Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_readbg_parse_snapshot_file", CallConvs = [typeof(CallConvCdecl)])]
    public static nint ReadbgParseSnapshotFile() => HandleTable.Add(ResultHandle.Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_read_blob_granules", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionReadBlobGranules() => HandleTable.Add(ResultHandle.Unsupported);

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_read_blob_granules_finish", CallConvs = [typeof(CallConvCdecl)])]
    public static nint TransactionReadBlobGranulesFinish() => HandleTable.Add(ResultHandle.Unsupported);

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_keyrange_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int FutureGetKeyrangeArray() => Unsupported;

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_granule_summary_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int FutureGetGranuleSummaryArray() => Unsupported;

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_readbg_get_descriptions", CallConvs = [typeof(CallConvCdecl)])]
    public static int FutureReadbgGetDescriptions() => Unsupported;

    [UnmanagedCallersOnly(EntryPoint = "fdb_result_get_bg_mutations_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int ResultGetBgMutationsArray() => Unsupported;

    [UnmanagedCallersOnly(EntryPoint = "fdb_result_get_keyvalue_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int ResultGetKeyvalueArray() => Unsupported;

    [UnmanagedCallersOnly(EntryPoint = "fdb_result_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void ResultDestroy(nint handle) => HandleTable.Remove<ResultHandle>(handle);

    [UnmanagedCallersOnly(EntryPoint = "fdb_use_future_protocol_version", CallConvs = [typeof(CallConvCdecl)])]
    public static void UseFutureProtocolVersion()
    {
    }
}
