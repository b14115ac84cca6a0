using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Native;

/// <summary>Transactions by their handles.</summary>
internal static class Transactions
{
    /// <summary>Finds a transaction that something can be asked of, or the error that it answers with.</summary>
    public static bool TryFind(nint handle, [NotNullWhen(true)] out TransactionHandle? found, out int error)
    {
        found = HandleTable.FindTransaction(handle);
        error = found is null ? (int)ErrorCode.TransactionCancelled : found.Database.Error;
        return error == 0;
    }

    /// <summary>An error that a program hands back to us.</summary>
    public static FerrisException ErrorOf(int code) => new(
        // A promise that was broken within is a transaction that ended, seen from outside.
        code == (int)ErrorCode.BrokenPromise ? ErrorCode.TransactionCancelled : (ErrorCode)code, "");

    /// <summary>Tries again after an error; if that is not retried, the transaction is as good as new.</summary>
    public static async ValueTask OnErrorOrResetAsync(TransactionHandle found, FerrisException error)
    {
        try
        {
            await found.Transaction!.OnErrorAsync(error);
        }
        catch (FerrisException)
        {
            found.Reset();
            throw;
        }
    }

    /// <summary>Waits for a commit, which then lets the database go.</summary>
    public static async ValueTask EndCommitAsync(
        TransactionHandle found, ValueTask<FerrisException?> committing, bool resets)
    {
        try
        {
            if (await committing is { } refused)
                throw refused;
        }
        finally
        {
            if (resets)
                found.Reset();
            found.Database.Release();
        }
    }
}
