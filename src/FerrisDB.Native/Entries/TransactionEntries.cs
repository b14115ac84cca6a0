using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>The life of a transaction.</summary>
/// <remarks>A handle that is no transaction any more behaves as a cancelled one.</remarks>
internal static unsafe class TransactionEntries
{
    private const long NoVersion = -1;
    private const int CommitOnFirstProxy = 40;
    private const int DurabilityDevNull = 130;
    private const int FirstInBatch = 710;

    // Before this version a transaction was as good as new after its commit.
    private const int RuntimeWithoutReset = 410;

    // Before this version a transaction was as good as new, and not cancelled, after an error that is not retried.
    private const int RuntimeWithLastErrors = 610;

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle)
    {
        try
        {
            HandleTable.Remove<TransactionHandle>(handle)?.Destroy();
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_cancel", CallConvs = [typeof(CallConvCdecl)])]
    public static void Cancel(nint handle)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Transaction?.Cancel();
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_reset", CallConvs = [typeof(CallConvCdecl)])]
    public static void Reset(nint handle)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Reset();
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_set_option", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetOption(nint handle, int option, byte* value, int length)
    {
        try
        {
            // FoundationDB accepts these without an effect; C# has no names for them.
            if (option is CommitOnFirstProxy or DurabilityDevNull or FirstInBatch)
                return 0;
            // A cache of read versions saves nothing in process: who asks for it has it.
            if ((TransactionOption)option == TransactionOption.UseGrvCache)
                return 0;
            if (!Enum.IsDefined((TransactionOption)option))
                return (int)ErrorCode.InvalidOption;
            if (HandleTable.FindTransaction(handle) is not { } found)
                return 0;
            if ((TransactionOption)option == TransactionOption.IncludePortInAddress)
                found.NamesPorts = true;
            found.Transaction?.SetOption(
                (TransactionOption)option, value != null ? new ReadOnlySpan<byte>(value, length) : []);
            return 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_commit", CallConvs = [typeof(CallConvCdecl)])]
    public static nint Commit(nint handle)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? Commit(found)
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_on_error", CallConvs = [typeof(CallConvCdecl)])]
    public static nint OnError(nint handle, int code)
    {
        try
        {
            if (HandleTable.FindTransaction(handle) is not { } found)
                return FutureHandles.Failed(ErrorCode.TransactionCancelled);
            if (found.Transaction is null)
                return FutureHandles.Failed(code == 0 ? (int)ErrorCode.ClientInvalidOperation : code);
            return code switch
            {
                0 => FutureHandles.Failed(ErrorCode.ClientInvalidOperation),
                < 0 or > ushort.MaxValue => FutureHandles.Failed(NativeErrors.UnknownError),
                _ when ApiVersion.Runtime < RuntimeWithLastErrors =>
                    FutureHandles.From(Transactions.OnErrorOrResetAsync(found, Transactions.ErrorOf(code))),
                _ => FutureHandles.From(found.Transaction.OnErrorAsync(Transactions.ErrorOf(code))),
            };
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_set_read_version", CallConvs = [typeof(CallConvCdecl)])]
    public static void SetReadVersion(nint handle, long version)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Transaction?.SetReadVersion(version);
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_read_version", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetReadVersion(nint handle)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? FutureHandles.From(found.Transaction!.GetReadVersionAsync(), FutureResult.OfNumber)
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_committed_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetCommittedVersion(nint handle, long* version)
    {
        *version = HandleTable.FindTransaction(handle)?.Transaction?.CommittedVersion ?? NoVersion;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_versionstamp", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetVersionstamp(nint handle)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? found.AddVersionstamp()
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_approximate_size", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetApproximateSize(nint handle)
    {
        try
        {
            return Transactions.TryFind(handle, out var found, out var error)
                ? FutureHandles.Ready(FutureResult.OfNumber(found.Transaction!.ApproximateSizeBytes))
                : FutureHandles.Failed(error);
        }
        catch (Exception failure)
        {
            return FutureHandles.Failed(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_get_total_cost", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetTotalCost(nint handle) => Transactions.TryFind(handle, out var found, out var error)
        ? FutureHandles.Ready(FutureResult.OfNumber(found.Reads))
        : FutureHandles.Failed(error);

    /// <summary>Nothing is throttled.</summary>
    [UnmanagedCallersOnly(
        EntryPoint = "fdb_transaction_get_tag_throttled_duration", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetTagThrottledDuration(nint handle) =>
        Transactions.TryFind(handle, out _, out var error)
            ? FutureHandles.Ready(FutureResult.OfReal(0))
            : FutureHandles.Failed(error);

    private static nint Commit(TransactionHandle found)
    {
        // The commit holds the database: a program may destroy all its handles while it is under way.
        found.Database.Hold();
        var committing = found.TryCommitAsync();
        if (!committing.IsCompletedSuccessfully || ApiVersion.Runtime < RuntimeWithoutReset)
            return FutureHandles.From(Transactions.EndCommitAsync(
                found, committing, resets: ApiVersion.Runtime < RuntimeWithoutReset));
        found.Database.Release();
        return committing.Result is { } refused
            ? FutureHandles.Failed((int)refused.Code)
            : FutureHandles.Ready(FutureResult.Nothing);
    }
}
