using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FerrisDB.Native;

/// <summary>Databases.</summary>
internal static unsafe class DatabaseEntries
{
    private const long Protocol = 0x0FDB00B073000000;
    private const int UidDigits = 32;

    [UnmanagedCallersOnly(EntryPoint = "fdb_create_database", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateDatabase(byte* clusterFile, nint* database)
    {
        if (!NetworkThread.IsSetUp)
            return NativeErrors.NetworkNotSetup;
        try
        {
            *database = HandleTable.Add(DatabaseHandle.OpenFile(Marshal.PtrToStringUTF8((nint)clusterFile)));
            return *database == 0 ? NativeErrors.OutOfMemory : 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_create_database_from_connection_string", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateDatabaseFromConnectionString(byte* connection, nint* database)
    {
        if (!NetworkThread.IsSetUp)
            return NativeErrors.NetworkNotSetup;
        try
        {
            var text = Marshal.PtrToStringUTF8((nint)connection) ?? "";
            *database = HandleTable.Add(DatabaseHandle.OpenConnection(text));
            return *database == 0 ? NativeErrors.OutOfMemory : 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle)
    {
        try
        {
            HandleTable.Remove<DatabaseHandle>(handle)?.Release();
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_set_option", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetOption(nint handle, int option, byte* value, int length)
    {
        try
        {
            return HandleTable.FindDatabase(handle) is { } database
                ? database.SetOption(option, value == null ? [] : new ReadOnlySpan<byte>(value, length))
                : (int)ErrorCode.ClientInvalidOperation;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_create_transaction", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateTransaction(nint handle, nint* transaction)
    {
        try
        {
            if (HandleTable.FindDatabase(handle) is not { } database)
                return (int)ErrorCode.ClientInvalidOperation;
            *transaction = HandleTable.Add(database.CreateTransaction());
            return *transaction == 0 ? NativeErrors.OutOfMemory : 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_get_client_status", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetClientStatus(nint handle) =>
        HandleTable.FindDatabase(handle) is { } database
            ? FutureHandles.Ready(FutureResult.OfKey(ClientStatus.Write(database)))
            : FutureHandles.Failed(ErrorCode.ClientInvalidOperation);

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_database_get_main_thread_busyness", CallConvs = [typeof(CallConvCdecl)])]
    public static double GetMainThreadBusyness(nint handle) => NetworkThread.Busyness;

    /// <summary>The protocol never changes: who waits for another one than this waits for ever.</summary>
    [UnmanagedCallersOnly(EntryPoint = "fdb_database_get_server_protocol", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetServerProtocol(nint handle, long expected) =>
        HandleTable.FindDatabase(handle) is not { } database
            ? FutureHandles.Failed(ErrorCode.ClientInvalidOperation)
            : database.Error != 0 ? FutureHandles.Failed(database.Error)
            : expected == Protocol ? FutureHandles.Never()
            : FutureHandles.Ready(FutureResult.OfNumber(Protocol));

    /// <summary>
    /// Stops the server of that address: whoever looks after it starts it again. What is to be checked, and how long it
    /// is to stay away, is his business.
    /// </summary>
    [UnmanagedCallersOnly(EntryPoint = "fdb_database_reboot_worker", CallConvs = [typeof(CallConvCdecl)])]
    public static nint RebootWorker(nint handle, byte* address, int addressLength, int check, int durationSeconds)
    {
        try
        {
            if (HandleTable.FindDatabase(handle) is not { } database)
                return FutureHandles.Failed(ErrorCode.ClientInvalidOperation);
            return database.Error != 0
                ? FutureHandles.Failed(database.Error)
                : FutureHandles.From(
                    database.RebootAsync(Encoding.UTF8.GetString(address, addressLength)),
                    static done => FutureResult.OfNumber(done ? 1 : 0));
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    /// <summary>There is nothing that could be lost: what was acknowledged is here.</summary>
    [UnmanagedCallersOnly(
        EntryPoint = "fdb_database_force_recovery_with_data_loss", CallConvs = [typeof(CallConvCdecl)])]
    public static nint ForceRecoveryWithDataLoss(nint handle, byte* dataCenter, int length) =>
        FutureHandles.Ready(FutureResult.Nothing);

    /// <summary>FoundationDB runs a program on its servers; no program is allowed here.</summary>
    [UnmanagedCallersOnly(EntryPoint = "fdb_database_create_snapshot", CallConvs = [typeof(CallConvCdecl)])]
    public static nint CreateSnapshot(nint handle, byte* uid, int uidLength, byte* command, int commandLength)
    {
        var isUid = uidLength == UidDigits;
        for (var index = 0; isUid && index < uidLength; index++)
            isUid = char.IsAsciiHexDigit((char)uid[index]);
        return FutureHandles.Failed(isUid ? NativeErrors.SnapshotPathNotAllowed : NativeErrors.SnapshotInvalidUid);
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_create_shared_state", CallConvs = [typeof(CallConvCdecl)])]
    public static nint CreateSharedState(nint handle) => FutureHandles.Failed(ErrorCode.UnsupportedOperation);

    [UnmanagedCallersOnly(EntryPoint = "fdb_database_set_shared_state", CallConvs = [typeof(CallConvCdecl)])]
    public static void SetSharedState(nint handle, nint state)
    {
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_shared_state", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetSharedState(nint future, nint* state) => (int)ErrorCode.UnsupportedOperation;
}
