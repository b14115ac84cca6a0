namespace FerrisDB;

/// <summary>The lock of a database, as transactions see and change it.</summary>
internal static class LockKeys
{
    /// <summary>Lets a transaction see and change the lock, whoever holds it.</summary>
    public static void GoPast(Transaction transaction)
    {
        transaction.SetOption(TransactionOption.AccessSystemKeys);
        transaction.SetOption(TransactionOption.LockAware);
    }

    /// <summary>The id of who has locked the database, in 32 hexadecimal digits; null if nobody has.</summary>
    public static async ValueTask<string?> HolderAsync(Transaction transaction) =>
        await transaction.GetAsync(DatabaseLock.Key) is { } value ? DatabaseLock.IdIn(value) : null;

    public static void Lock(Transaction transaction, string id)
    {
        if (!DatabaseLock.TryWrite(id, out var operand))
            throw new ArgumentException($"'{id}' is no id of 32 hexadecimal digits.", nameof(id));
        Write(transaction, operand);
    }

    public static void Write(Transaction transaction, byte[] operand)
    {
        transaction.SetVersionstampedValue(DatabaseLock.Key, operand);
        // Who has read at an older version commits behind the lock no more, even if nobody looks at it.
        transaction.AddWriteConflictRange([], KeyLimits.UserEnd);
    }
}
