using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>
/// Tenants, which do not exist here: to open one never fails, as in FoundationDB, and whatever is asked of it is told
/// that there is no such tenant.
/// </summary>
internal static unsafe class TenantEntries
{
    [UnmanagedCallersOnly(EntryPoint = "fdb_database_open_tenant", CallConvs = [typeof(CallConvCdecl)])]
    public static int OpenTenant(nint handle, byte* name, int nameLength, nint* tenant)
    {
        if (HandleTable.FindDatabase(handle) is null)
            return (int)ErrorCode.ClientInvalidOperation;
        *tenant = HandleTable.Add(new TenantHandle());
        return *tenant == 0 ? NativeErrors.OutOfMemory : 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_create_transaction", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateTransaction(nint handle, nint* transaction)
    {
        if (HandleTable.Find(handle) is not TenantHandle)
            return (int)ErrorCode.ClientInvalidOperation;
        var nowhere = DatabaseHandle.Nowhere(NativeErrors.TenantNotFound);
        *transaction = HandleTable.Add(nowhere.CreateTransaction());
        return *transaction == 0 ? NativeErrors.OutOfMemory : 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_get_id", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetId(nint handle) => FutureHandles.Failed(NativeErrors.TenantNotFound);

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle) => HandleTable.Remove<TenantHandle>(handle);
}
