using System.Buffers;
using System.Buffers.Binary;

namespace FerrisDB.Transactions;

// A client that loses its connection while it commits does not know what became of the transaction. It sends it again,
// with the same id and the number of the attempt. What was committed leaves its id in the database, in the same batch:
//
//     \xff\x02/idmp/  generation (8) | client (8) | slot (4)   ->   number (8) | commit version (8) | order (2)
//
// all big-endian, so that it is as durable as the transaction itself. Only a repeated attempt looks for it: the first
// one cannot have been committed before, and pays for a put alone. A client has as many slots as it has commits under
// way; the next one in a slot replaces the last, so that what is kept does not grow with the number of commits.
//
// Attempts may overtake each other: the first one may still lie in a socket when the second is decided. So whoever has
// decided an attempt refuses those with smaller numbers from then on; nobody waits for their answers. That needs to be
// known in memory only, because what lay in a socket of a process that died is gone with it.
//
// The slots of clients that are gone stay behind. So a key begins with the version of its id, rounded down to a
// generation of 150 s: generations that are older than AgeVersions are cleared as a range, and a repeated attempt with
// such an old id is refused, because nobody could tell whether it has been committed.

/// <summary>Makes sure that no transaction is committed twice, however often its client sends it.</summary>
/// <remarks>Called by one thread at a time, the one that decides commits.</remarks>
internal sealed class IdempotencyIds(StorageServer storage)
{
    /// <summary>How long ids are known: 5 minutes.</summary>
    public const long AgeVersions = 300 * Sequencer.VersionsPerSecond;

    // Each generation of a client has its own slots: few generations, but not so few that much is kept for long.
    private const long GenerationVersions = AgeVersions / 2;
    private const int SlotSize = sizeof(long) + sizeof(ulong) + sizeof(uint);
    private const int VersionAt = sizeof(ulong);
    private const int OrderAt = VersionAt + sizeof(long);
    private const int ValueSize = OrderAt + sizeof(ushort);

    private readonly Dictionary<IdempotencyId, int> _attempts = [];
    private readonly Queue<(long Version, IdempotencyId Id)> _attemptsByAge = new();
    private readonly ArrayBufferWriter<byte> _value = new(ValueSize);
    private readonly byte[] _key = [.. Prefix, .. new byte[SlotSize]];
    private long _clearedTo;

    /// <summary>Where ids are kept.</summary>
    public static ReadOnlySpan<byte> Prefix =>
        [0xff, 0x02, (byte)'/', (byte)'i', (byte)'d', (byte)'m', (byte)'p', (byte)'/'];

    /// <summary>
    /// True if the transaction needs no decision any more: it has its answer.
    /// </summary>
    /// <param name="transaction">One with an id.</param>
    /// <param name="version">The version that it would get.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.CommitUnknownResult"/>: the id is too old for anybody to know.
    /// </exception>
    public bool IsDecided(CommitTransaction transaction, long version)
    {
        var id = transaction.Id;
        Forget(version);
        if (!IsKnowable(id, version))
        {
            // The first attempt is as good as one without an id; what became of it, nobody could tell a second one.
            return transaction.Attempt == 0 ? false : throw Unknown(id, version);
        }
        if (_attempts.Count > 0 && _attempts.TryGetValue(id, out var last) && last >= transaction.Attempt)
        {
            transaction.Verdict = Verdict.Conflict;
            return true;
        }
        if (transaction.Attempt == 0)
            return false;
        if (!_attempts.ContainsKey(id))
            _attemptsByAge.Enqueue((version, id));
        _attempts[id] = transaction.Attempt;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.RetriedCommitsAreNotRecognized)
            return false;
#endif
        return TryFind(transaction);
    }

    /// <summary>Adds the id of a transaction that is going to be committed to what it writes.</summary>
    public void Record(CommitTransaction transaction, WriteBatch batch)
    {
        var version = transaction.Version;
        if (!IsKnowable(transaction.Id, version))
            return;
        var oldest = GenerationOf(version - AgeVersions);
        if (oldest > _clearedTo)
        {
            batch.DeleteRange(KeyAt(_clearedTo), KeyAt(oldest));
            _clearedTo = oldest;
        }
        Span<byte> value = stackalloc byte[ValueSize];
        BinaryPrimitives.WriteUInt64BigEndian(value, transaction.Id.Number);
        BinaryPrimitives.WriteInt64BigEndian(value[VersionAt..], version);
        BinaryPrimitives.WriteUInt16BigEndian(value[OrderAt..], transaction.Order);
        batch.Put(KeyOf(transaction.Id), value);
    }

    private bool TryFind(CommitTransaction transaction)
    {
        _value.ResetWrittenCount();
        if (!storage.TryGetApplied(KeyOf(transaction.Id), _value))
            return false;
        // Another one in the same slot: this one was not committed, or its client would still hold the slot.
        var isThisOne = BinaryPrimitives.ReadUInt64BigEndian(_value.WrittenSpan) == transaction.Id.Number;
#if FERRIS_CHECKED
        isThisOne |= SeededBugs.Active == SeededBug.CommitsAreTakenForOthersOfTheirSlot;
#endif
        if (!isThisOne)
            return false;
        transaction.Verdict = Verdict.Committed;
        transaction.Version = BinaryPrimitives.ReadInt64BigEndian(_value.WrittenSpan[VersionAt..]);
        transaction.Order = BinaryPrimitives.ReadUInt16BigEndian(_value.WrittenSpan[OrderAt..]);
        return true;
    }

    // From long ago: what is known of it is cleared. From the future: the client has talked to another database.
    private static bool IsKnowable(IdempotencyId id, long version) =>
        id.Version <= version && id.Version >= version - AgeVersions;

    private static FerrisException Unknown(IdempotencyId id, long version) => new(
        ErrorCode.CommitUnknownResult,
        $"The commit was first sent at version {id.Version}, too far from version {version} for anybody to know what "
            + "became of it.");

    private void Forget(long version)
    {
        while (_attemptsByAge.TryPeek(out var oldest) && oldest.Version < version - AgeVersions)
            _attempts.Remove(_attemptsByAge.Dequeue().Id);
    }

    private static long GenerationOf(long version) =>
        Math.Max(version, 0) / GenerationVersions * GenerationVersions;

    private byte[] KeyOf(IdempotencyId id)
    {
        var at = _key.AsSpan(Prefix.Length);
        BinaryPrimitives.WriteInt64BigEndian(at, GenerationOf(id.Version));
        BinaryPrimitives.WriteUInt64BigEndian(at[sizeof(long)..], id.Client);
        BinaryPrimitives.WriteUInt32BigEndian(at[(sizeof(long) + sizeof(ulong))..], id.Slot);
        return _key;
    }

    private static byte[] KeyAt(long generation)
    {
        byte[] key = [.. Prefix, .. new byte[sizeof(long)]];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(Prefix.Length), generation);
        return key;
    }
}
