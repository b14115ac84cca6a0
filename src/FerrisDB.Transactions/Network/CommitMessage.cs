namespace FerrisDB.Transactions;

// Commit:    flags (1: 1 report conflicts, 2 id, 4 and 8 priority, 16 tags, 32 tenant, 64 raw access, 128 lock-aware)
//            | durability (1) | read version (8)
//            | if flagged, the idempotency id: version, client, number (8 each) | attempt
//            | if flagged, the number of the tenant (8)
//            | if flagged, the tags
//            | ranges read | ranges written | mutations
//     ranges      count | each: 0 and a key, or 1 and begin and end
//     mutations   count | each: kind (1) | key | operand
// Decision:  verdict (1) | version (8) | order | count | indexes of the ranges read that conflicted
//
// Keys and operands have their length in front; counts, lengths, orders and attempts are numbers of 1 to 10 bytes.

/// <summary>How a transaction travels to the commit proxy, and how its answer comes back.</summary>
internal static class CommitMessage
{
    private const byte ReportsConflicts = 1;
    private const byte HasId = 2;
    private const int PriorityShift = 2;
    private const byte PriorityMask = 3 << PriorityShift;
    private const byte HasTags = 16;
    private const byte HasTenant = 32;
    private const byte RawAccess = 64;
    private const byte LockAware = 128;
    private const byte FirstSystemByte = 0xff;
    private const byte PointRange = 0;
    private const byte WideRange = 1;
    private const int RangeBytesMin = 2;
    private const int MutationBytesMin = 3;

    public static void Write(MessageWriter writer, CommitTransaction transaction, Durability durability)
    {
        var hasId = !transaction.Id.IsNone;
        var hasTenant = transaction.TenantId != TenantKeys.NoTenant;
        writer.WriteByte((byte)((transaction.ReportsConflicts ? ReportsConflicts : 0) | (hasId ? HasId : 0)
            | ((byte)transaction.Priority << PriorityShift) | (transaction.Tags.Count > 0 ? HasTags : 0)
            | (hasTenant ? HasTenant : 0) | (transaction.HasRawAccess ? RawAccess : 0)
            | (transaction.IsLockAware ? LockAware : 0)));
        writer.WriteByte((byte)durability);
        writer.WriteInt64(transaction.ReadVersion);
        if (hasId)
        {
            writer.WriteInt64(transaction.Id.Version);
            writer.WriteUInt64(transaction.Id.Client);
            writer.WriteUInt64(transaction.Id.Number);
            writer.WriteNumber(transaction.Attempt);
        }
        if (hasTenant)
            writer.WriteInt64(transaction.TenantId);
        if (transaction.Tags.Count > 0)
            TagMessage.Write(writer, transaction.Tags);
        WriteRanges(writer, transaction.Reads);
        WriteRanges(writer, transaction.Writes);
        var mutations = transaction.Mutations;
        writer.WriteNumber(mutations.Count);
        for (var index = 0; index < mutations.Count; index++)
        {
            var mutation = mutations[index];
            writer.WriteByte((byte)mutation.Kind);
            writer.WriteBytes(mutation.Key);
            writer.WriteBytes(mutation.Operand);
        }
    }

    /// <summary>Reads a transaction, which is empty before.</summary>
    /// <returns>The durability that is asked for.</returns>
    /// <exception cref="ProtocolException">This is no commit.</exception>
    /// <exception cref="FerrisException">Something in it is not allowed.</exception>
    public static Durability Read(
        ReadOnlySpan<byte> payload, CommitTransaction transaction, RequestLimits limits, AccessGrant access,
        TagThrottles? throttles = null)
    {
        var reader = new MessageReader(payload);
        var flags = reader.ReadByte();
        var durability = reader.ReadByte();
        // Every bit has a meaning by now; of the two of the priority it is looked at below.
        if (durability > (byte)Durability.None)
            throw new ProtocolException($"A commit has flags {flags} and durability {durability}.");
        transaction.ReportsConflicts = (flags & ReportsConflicts) != 0;
        transaction.Priority = StartMessage.Check((byte)((flags & PriorityMask) >> PriorityShift));
        transaction.IsLockAware = (flags & LockAware) != 0;
        transaction.HasRawAccess = (flags & RawAccess) != 0;
        transaction.ReadVersion = reader.ReadInt64();
        if ((flags & HasId) != 0)
        {
            transaction.Id = new IdempotencyId(reader.ReadInt64(), reader.ReadUInt64(), reader.ReadUInt64());
            transaction.Attempt = reader.ReadNumber(int.MaxValue);
        }
        if ((flags & HasTenant) != 0)
            transaction.TenantId = ReadTenant(ref reader);
        if ((flags & HasTags) != 0)
        {
            var starts = transaction.ReadVersion == 0 && transaction.Attempt == 0 ? 1 : 0;
            transaction.Throttle = TagMessage.Read(ref reader, throttles, starts, payload.Length);
        }
        limits.CheckTransaction(ReadRanges(ref reader, transaction.Reads, limits)
            + ReadRanges(ref reader, transaction.Writes, limits)
            + ReadMutations(ref reader, transaction, limits));
        reader.End();
        if (access.Role != AccessRole.Admin)
            Check(transaction, access);
        if (transaction.Reads.Count > 0 && transaction.ReadVersion <= 0)
            throw new FerrisException(
                ErrorCode.VersionInvalid, $"Version {transaction.ReadVersion} is not above zero.");
        return (Durability)durability;
    }

    public static void WriteDecision(MessageWriter writer, CommitTransaction transaction)
    {
        writer.WriteByte((byte)transaction.Verdict);
        writer.WriteInt64(transaction.Version);
        writer.WriteNumber(transaction.Order);
        writer.WriteNumber(transaction.Conflicting.Count);
        foreach (var index in transaction.Conflicting)
            writer.WriteNumber(index);
    }

    /// <summary>Gives the transaction its answer.</summary>
    public static void ReadDecision(ReadOnlySpan<byte> payload, CommitTransaction transaction)
    {
        var reader = new MessageReader(payload);
        var verdict = reader.ReadByte();
        if (verdict > (byte)Verdict.TooOld)
            throw new ProtocolException($"A commit has the verdict {verdict}.");
        transaction.Version = reader.ReadInt64();
        transaction.Order = (ushort)reader.ReadNumber(ushort.MaxValue);
        for (var left = reader.ReadCount(bytesEachMin: 1); left > 0; left--)
            transaction.Conflicting.Add(reader.ReadNumber(transaction.Reads.Count - 1));
        reader.End();
        transaction.Verdict = (Verdict)verdict;
    }

    private static void WriteRanges(MessageWriter writer, ConflictRanges ranges)
    {
        writer.WriteNumber(ranges.Count);
        foreach (var range in ranges)
        {
            writer.WriteByte(range.IsPoint ? PointRange : WideRange);
            writer.WriteBytes(range.Begin);
            if (!range.IsPoint)
                writer.WriteBytes(range.End);
        }
    }

    private static long ReadTenant(ref MessageReader reader)
    {
        var id = reader.ReadInt64();
        return id >= 0 ? id : throw new ProtocolException($"A commit has the tenant {id}.");
    }

    private static long ReadRanges(ref MessageReader reader, ConflictRanges ranges, RequestLimits limits)
    {
        for (var left = reader.ReadCount(RangeBytesMin); left > 0; left--)
        {
            var isWide = reader.ReadFlag();
            var begin = reader.ReadBytes();
            if (isWide)
            {
                var end = reader.ReadBytes();
                limits.CheckRange(begin, end);
                ranges.Add(begin, end);
            }
            else
            {
                limits.CheckNamed(begin);
                ranges.AddPoint(begin);
            }
        }
        return ranges.SizeBytes;
    }

    private static long ReadMutations(ref MessageReader reader, CommitTransaction transaction, RequestLimits limits)
    {
        var bytes = 0L;
        for (var left = reader.ReadCount(MutationBytesMin); left > 0; left--)
        {
            var kind = AtomicOps.Canonical((MutationKind)reader.ReadByte());
            var key = reader.ReadBytes();
            var operand = reader.ReadBytes();
            Check(kind, key, operand, limits);
            transaction.Mutations.Add(kind, key, operand);
            transaction.WritesSystem |= (kind == MutationKind.ClearRange ? operand : key) is [FirstSystemByte, ..];
            bytes += key.Length + operand.Length;
        }
        return bytes;
    }

    private static void Check(CommitTransaction transaction, AccessGrant access)
    {
        // Even one that changes nothing leaves its id behind.
        access.CheckWrites();
        if (transaction.TenantId != TenantKeys.NoTenant)
            access.CheckTenant(transaction.TenantId);
        foreach (var range in transaction.Reads)
        {
            if (range.IsPoint)
                access.CheckKey(range.Begin);
            else
                access.CheckRange(range.Begin, range.End);
        }
        foreach (var range in transaction.Writes)
        {
            if (range.IsPoint)
                access.CheckWritten(range.Begin);
            else
                access.CheckWritten(range.Begin, range.End);
        }
        for (var index = 0; index < transaction.Mutations.Count; index++)
        {
            var mutation = transaction.Mutations[index];
            access.CheckMutation(mutation.Kind, mutation.Key, mutation.Operand);
        }
    }

    private static void Check(
        MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand, RequestLimits limits)
    {
        if (kind == MutationKind.ClearRange)
        {
            limits.CheckCleared(key, operand);
            return;
        }
        limits.CheckWritten(key);
        limits.CheckValue(operand);
        switch (kind)
        {
            case MutationKind.Set or MutationKind.Clear:
                return;
            case MutationKind.SetVersionstampedKey:
                VersionstampOperand.Check(key);
                return;
            case MutationKind.SetVersionstampedValue:
                VersionstampOperand.Check(operand);
                return;
            default:
                if (!AtomicOps.Includes(kind))
                    throw new FerrisException(
                        ErrorCode.InvalidMutationType, $"There is no atomic operation {(int)kind}.");
                return;
        }
    }
}
