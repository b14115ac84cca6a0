using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>Tenants. To open one never fails: whether it exists, its first use tells.</summary>
internal static unsafe class TenantEntries
{
    [UnmanagedCallersOnly(EntryPoint = "fdb_database_open_tenant", CallConvs = [typeof(CallConvCdecl)])]
    public static int OpenTenant(nint handle, byte* name, int nameLength, nint* tenant)
    {
        try
        {
            if (HandleTable.FindDatabase(handle) is not { } database)
                return (int)ErrorCode.ClientInvalidOperation;
            *tenant = HandleTable.Add(database.OpenTenant(new ReadOnlySpan<byte>(name, nameLength)));
            return *tenant == 0 ? NativeErrors.OutOfMemory : 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_create_transaction", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateTransaction(nint handle, nint* transaction)
    {
        try
        {
            if (HandleTable.Find(handle) is not TenantHandle tenant)
                return (int)ErrorCode.ClientInvalidOperation;
            *transaction = HandleTable.Add(tenant.CreateTransaction());
            return *transaction == 0 ? NativeErrors.OutOfMemory : 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_get_id", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetId(nint handle)
    {
        try
        {
            if (HandleTable.Find(handle) is not TenantHandle found)
                return FutureHandles.Failed(ErrorCode.ClientInvalidOperation);
            return found.Tenant is { } tenant && found.Database.Error == 0
                ? FutureHandles.From(tenant.GetIdAsync(), static id => FutureResult.OfNumber(id))
                : FutureHandles.Failed(found.Database.Error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_tenant_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle)
    {
        try
        {
            HandleTable.Remove<TenantHandle>(handle)?.Destroy();
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }
}
