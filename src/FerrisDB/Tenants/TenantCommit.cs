using System.Buffers.Binary;

namespace FerrisDB;

/// <summary>A commit of a tenant as the roles know it: with the prefix in front of all its keys.</summary>
/// <remarks>Belongs to one commit at a time, and goes on to the next one with the memory of the last.</remarks>
internal sealed class TenantCommit
{
    private const int KeptKeyBytesMax = 32 << 10;

    private byte[] _key = [];
    private byte[] _end = [];

    /// <summary>What the roles get.</summary>
    public CommitTransaction Whole { get; } = new();

    /// <summary>Makes it the same as a transaction of the tenant.</summary>
    public void Fill(CommitTransaction part, ReadOnlySpan<byte> prefix)
    {
        Whole.ReadVersion = part.ReadVersion;
        Whole.ReportsConflicts = part.ReportsConflicts;
        Whole.Priority = part.Priority;
        Whole.Tags = part.Tags;
        Whole.IsLockAware = part.IsLockAware;
        Whole.WritesSystem = part.WritesSystem;
        Whole.TenantId = BinaryPrimitives.ReadInt64BigEndian(prefix);
        var reads = prefix;
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.TenantConflictsHaveNoPrefix)
            reads = [];
#endif
        Copy(part.Reads, Whole.Reads, reads);
        Copy(part.Writes, Whole.Writes, prefix);
        for (var index = 0; index < part.Mutations.Count; index++)
            Add(part.Mutations[index], prefix);
    }

    /// <summary>Gives the transaction the answer, and forgets it.</summary>
    public void Answer(CommitTransaction part)
    {
        part.Verdict = Whole.Verdict;
        part.Version = Whole.Version;
        part.Order = Whole.Order;
        // Ranges are in the same places.
        part.Conflicting.AddRange(Whole.Conflicting);
        Whole.Clear();
        if (_key.Length > KeptKeyBytesMax || _end.Length > KeptKeyBytesMax)
            _key = _end = [];
    }

    private void Copy(ConflictRanges from, ConflictRanges to, ReadOnlySpan<byte> prefix)
    {
        foreach (var range in from)
        {
            if (IsOfSystem(range.Begin))
                to.Add(range.Begin, range.End);
            else if (range.IsPoint)
                to.AddPoint(Join(prefix, range.Begin, ref _key));
            else
                to.Add(Join(prefix, range.Begin, ref _key), Join(prefix, range.End, ref _end));
        }
    }

    private void Add(MutationView mutation, ReadOnlySpan<byte> prefix)
    {
        if (IsOfSystem(mutation.Key))
        {
            Whole.Mutations.Add(mutation.Kind, mutation.Key, mutation.Operand);
            return;
        }
        var key = Join(prefix, mutation.Key, ref _key);
        if (mutation.Kind == MutationKind.SetVersionstampedKey)
            MoveStamp(key, prefix.Length);
        var operand = mutation.Kind == MutationKind.ClearRange
            ? Join(prefix, mutation.Operand, ref _end)
            : mutation.Operand;
        Whole.Mutations.Add(mutation.Kind, key, operand);
    }

    // The offset of the stamp is counted from the begin of the key.
    private static void MoveStamp(Span<byte> key, int bytes)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.TenantStampsDoNotMove)
            return;
#endif
        var offset = key[^VersionstampOperand.SuffixSize..];
        BinaryPrimitives.WriteInt32LittleEndian(offset, BinaryPrimitives.ReadInt32LittleEndian(offset) + bytes);
    }

    private static Span<byte> Join(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, ref byte[] room)
    {
        var length = prefix.Length + key.Length;
        if (room.Length < length)
            room = new byte[Math.Max(length, room.Length * 2)];
        prefix.CopyTo(room);
        key.CopyTo(room.AsSpan(prefix.Length));
        return room.AsSpan(0, length);
    }

    // The one key of the system that a tenant's transactions may touch is the same for all: the metadata version.
    private static bool IsOfSystem(ReadOnlySpan<byte> key) => key.Length > 1 && KeyLimits.IsSystem(key);
}
