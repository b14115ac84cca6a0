using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace FerrisDB.Transactions;

// Who wants a database for himself writes an id into it:
//
//     \xff/dbLocked  ->  versionstamp of the commit that locked it (10) | id (16)
//
// From the next commit on, in the order of commits, those that are not lock-aware are refused, and so is whoever asks
// for a read version after the lock was acknowledged. The key is like any other: as durable, in backups, and visible at
// each version. What is known here is no more than a copy of it, made again behind each commit that may have written
// it.

/// <summary>Knows whether the database is locked, and by whom.</summary>
/// <remarks>
/// FoundationDB's lock, byte for byte. <see cref="Refuses"/> and <see cref="Note"/> are called by the thread that
/// decides, the rest by anybody.
/// </remarks>
internal sealed class DatabaseLock
{
    private const int StampSize = 10;
    private const int IdSize = 16;

    private readonly StorageServer _storage;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _value = new(StampSize + IdSize); // under the gate
    private volatile string? _holder;
    private bool _mayHaveChanged; // of the thread that decides

    public DatabaseLock(StorageServer storage)
    {
        _storage = storage;
        Refresh();
    }

    /// <summary>Where the lock is.</summary>
    public static ReadOnlySpan<byte> Key =>
        [0xff, (byte)'/', (byte)'d', (byte)'b', (byte)'L', (byte)'o', (byte)'c', (byte)'k', (byte)'e', (byte)'d'];

    /// <summary>The id of who has locked the database, in 32 hexadecimal digits; null if nobody has.</summary>
    public string? Holder => _holder;

    /// <summary>The id in what is stored at <see cref="Key"/>.</summary>
    public static string IdIn(ReadOnlySpan<byte> value)
    {
        // Somebody may have written something else there: then it is locked all the same.
        if (value.Length < StampSize + IdSize)
            return new string('0', 2 * IdSize);
        var first = BinaryPrimitives.ReadUInt64LittleEndian(value[StampSize..]);
        var second = BinaryPrimitives.ReadUInt64LittleEndian(value[(StampSize + sizeof(ulong))..]);
        return string.Create(CultureInfo.InvariantCulture, $"{first:x16}{second:x16}");
    }

    /// <summary>
    /// What to write to <see cref="Key"/> as a versionstamped value, for an id of 32 hexadecimal digits; false if it is
    /// none.
    /// </summary>
    public static bool TryWrite(string id, out byte[] operand)
    {
        operand = new byte[StampSize + IdSize + sizeof(uint)];
        if (id.Length != 2 * IdSize
            || !ulong.TryParse(id.AsSpan(0, IdSize), NumberStyles.AllowHexSpecifier, null, out var first)
            || !ulong.TryParse(id.AsSpan(IdSize), NumberStyles.AllowHexSpecifier, null, out var second))
            return false;
        BinaryPrimitives.WriteUInt64LittleEndian(operand.AsSpan(StampSize), first);
        BinaryPrimitives.WriteUInt64LittleEndian(operand.AsSpan(StampSize + sizeof(ulong)), second);
        return true;
    }

    /// <summary>True if the lock lies in a range of keys.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        begin.SequenceCompareTo(Key) <= 0 && end.SequenceCompareTo(Key) > 0;

    /// <summary>An error that says who has locked the database.</summary>
    public static FerrisException Locked(string? holder) => new(
        ErrorCode.DatabaseLocked,
        holder is null
            ? "The database is locked. Wait until it is unlocked, or set TransactionOption.LockAware."
            : $"The database is locked by {holder}. Wait until it is unlocked, or set TransactionOption.LockAware.");

    /// <summary>True if a transaction must not be committed now.</summary>
    public bool Refuses(bool isLockAware)
    {
        // All before has been applied by now, or has been refused.
        if (_mayHaveChanged)
        {
            _mayHaveChanged = false;
            Refresh();
        }
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.LockedDatabasesAreWritten)
            return false;
#endif
        return _holder is not null && !isLockAware;
    }

    /// <summary>A transaction is going to be committed.</summary>
    /// <param name="mayHaveChanged">It may write the lock.</param>
    public void Note(bool mayHaveChanged) => _mayHaveChanged |= mayHaveChanged;

    /// <summary>A transaction was committed: before anybody is told, what it did to the lock is known.</summary>
    /// <param name="mayHaveChanged">It may have written the lock.</param>
    public void Published(bool mayHaveChanged)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.LocksAreSeenLate)
            return;
#endif
        if (mayHaveChanged)
            Refresh();
    }

    private void Refresh()
    {
        // Under the gate the later of two looks is the one that stays.
        lock (_gate)
        {
            _value.ResetWrittenCount();
            _holder = _storage.TryGetApplied(Key, _value) ? IdIn(_value.WrittenSpan) : null;
        }
    }
}
