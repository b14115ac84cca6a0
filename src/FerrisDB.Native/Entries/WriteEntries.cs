using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>The writes of a transaction: they do not fail, their first error is kept for the commit.</summary>
internal static unsafe class WriteEntries
{
    private const int ReadConflict = 0;
    private const int WriteConflict = 1;

    // Before this version the offset of a versionstamp had two bytes in a key, and there was none in a value.
    private const int RuntimeWithLongOffsets = 520;

    // Before this version an absent value was zeros to the operations that take the smaller one of two.
    private const int RuntimeWithAbsentValues = 510;

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_set", CallConvs = [typeof(CallConvCdecl)])]
    public static void Set(nint handle, byte* key, int keyLength, byte* value, int valueLength)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Transaction?.Set(
                new ReadOnlySpan<byte>(key, keyLength), new ReadOnlySpan<byte>(value, valueLength));
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_clear", CallConvs = [typeof(CallConvCdecl)])]
    public static void Clear(nint handle, byte* key, int keyLength)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Transaction?.Clear(new ReadOnlySpan<byte>(key, keyLength));
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_clear_range", CallConvs = [typeof(CallConvCdecl)])]
    public static void ClearRange(nint handle, byte* begin, int beginLength, byte* end, int endLength)
    {
        try
        {
            HandleTable.FindTransaction(handle)?.Transaction?.ClearRange(
                new ReadOnlySpan<byte>(begin, beginLength), new ReadOnlySpan<byte>(end, endLength));
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_atomic_op", CallConvs = [typeof(CallConvCdecl)])]
    public static void AtomicOp(
        nint handle, byte* key, int keyLength, byte* operand, int operandLength, int operation)
    {
        try
        {
            if (HandleTable.FindTransaction(handle)?.Transaction is not { } transaction)
                return;
            var type = (MutationType)operation;
            var keyBytes = new ReadOnlySpan<byte>(key, keyLength);
            var operandBytes = new ReadOnlySpan<byte>(operand, operandLength);
            if (ApiVersion.Runtime < RuntimeWithLongOffsets)
            {
                // Two bytes more make a short offset a long one; four zeros are the offset of the start.
                if (type == MutationType.SetVersionstampedKey && keyLength >= sizeof(ushort))
                    keyBytes = (byte[])[.. keyBytes, 0, 0];
                else if (type == MutationType.SetVersionstampedValue)
                    operandBytes = (byte[])[.. operandBytes, 0, 0, 0, 0];
            }
            // "Or" with zeros makes an absent value that, and leaves another as the operation finds it anyway.
            if (ApiVersion.Runtime < RuntimeWithAbsentValues && type is MutationType.BitAnd or MutationType.Min)
                transaction.Atomic(MutationType.BitOr, keyBytes, new byte[operandLength]);
            transaction.Atomic(type, keyBytes, operandBytes);
        }
        catch (Exception failure)
        {
            LastFailure.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_transaction_add_conflict_range", CallConvs = [typeof(CallConvCdecl)])]
    public static int AddConflictRange(
        nint handle, byte* begin, int beginLength, byte* end, int endLength, int type)
    {
        try
        {
            if (type is not (ReadConflict or WriteConflict))
                return (int)ErrorCode.ClientInvalidOperation;
            var beginKey = new ReadOnlySpan<byte>(begin, beginLength);
            var endKey = new ReadOnlySpan<byte>(end, endLength);
            if (beginKey.SequenceCompareTo(endKey) > 0)
                return (int)ErrorCode.InvertedRange;
            var transaction = HandleTable.FindTransaction(handle)?.Transaction;
            if (type == ReadConflict)
                transaction?.AddReadConflictRange(beginKey, endKey);
            else
                transaction?.AddWriteConflictRange(beginKey, endKey);
            return 0;
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }
}
