using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>
/// What a transaction has written, as the list of calls that it made; answers by going through the list.
/// </summary>
internal sealed class WriteModel(int valueSizeLimit, long versionMin)
{
    private readonly List<ModelWrite> _writes = [];
    private readonly List<(byte[] Begin, byte[] End)> _conflicts = [];

    public IReadOnlyList<ModelWrite> Writes => _writes;

    public void Add(ModelWrite write)
    {
        _writes.Add(write);
        if (write.AddsConflict && write.Kind != MutationKind.SetVersionstampedKey)
            AddConflict(write.Key, write.Kind == MutationKind.ClearRange ? write.Operand : [.. write.Key, 0]);
    }

    public void AddConflict(byte[] begin, byte[] end)
    {
        if (begin.AsSpan().SequenceCompareTo(end) < 0)
            _conflicts.Add((begin, end));
    }

    /// <summary>What a read of a key has to do.</summary>
    public WriteStateKind Kind(byte[] key)
    {
        var isUnreadable = false;
        var isDependent = false;
        var isKnown = false;
        foreach (var write in _writes.Where(each => Touches(each, key)))
        {
            isUnreadable = write.Kind switch
            {
                MutationKind.Clear or MutationKind.ClearRange => false,
                MutationKind.SetVersionstampedKey or MutationKind.SetVersionstampedValue => true,
                _ => isUnreadable,
            };
            isKnown |= write.Kind is MutationKind.Set or MutationKind.Clear or MutationKind.ClearRange;
            isDependent |= AtomicOps.Includes(write.Kind);
        }
        return isUnreadable ? WriteStateKind.Unreadable
            : isKnown ? Read(key, null) is null ? WriteStateKind.Absent : WriteStateKind.Value
            : isDependent ? WriteStateKind.Dependent
            : WriteStateKind.Unmodified;
    }

    /// <summary>What a read of a readable key sees where the database has a value, or null.</summary>
    public byte[]? Read(byte[] key, byte[]? value)
    {
        foreach (var write in _writes)
        {
            if (Touches(write, key))
                value = Apply(write.Kind, value, write.Operand);
        }
        return value;
    }

    /// <summary>What the calls make of a database, each after the other.</summary>
    public void ApplyTo(ModelStore store)
    {
        foreach (var write in _writes)
            store.Apply(write.Kind, write.Key, write.Operand);
    }

    /// <summary>The write conflict ranges, sorted and merged.</summary>
    public List<string> Conflicts()
    {
        List<string> merged = [];
        _conflicts.Sort((left, right) => left.Begin.AsSpan().SequenceCompareTo(right.Begin));
        for (var index = 0; index < _conflicts.Count;)
        {
            var (begin, end) = _conflicts[index++];
            for (; index < _conflicts.Count && _conflicts[index].Begin.AsSpan().SequenceCompareTo(end) <= 0; index++)
                end = end.AsSpan().SequenceCompareTo(_conflicts[index].End) > 0 ? end : _conflicts[index].End;
            merged.Add($"{Convert.ToHexStringLower(begin)}-{Convert.ToHexStringLower(end)}");
        }
        return merged;
    }

    private bool Touches(ModelWrite write, byte[] key)
    {
        if (write.Kind == MutationKind.ClearRange)
            return key.AsSpan().SequenceCompareTo(write.Key) >= 0 && key.AsSpan().SequenceCompareTo(write.Operand) < 0;
        if (write.Kind != MutationKind.SetVersionstampedKey)
            return key.AsSpan().SequenceEqual(write.Key);
        var first = ModelStore.Stamp(write.Key, versionMin, 0);
        var last = ModelStore.Stamp(write.Key, -1, ushort.MaxValue);
        return key.AsSpan().SequenceCompareTo(first) >= 0 && key.AsSpan().SequenceCompareTo(last) <= 0;
    }

    private byte[]? Apply(MutationKind kind, byte[]? value, byte[] operand)
    {
        switch (kind)
        {
            case MutationKind.Clear or MutationKind.ClearRange:
                return null;
            case MutationKind.Set or MutationKind.SetVersionstampedKey or MutationKind.SetVersionstampedValue:
                return operand;
            default:
                var room = new byte[AtomicOps.ResultBytesMax(kind, value?.Length ?? 0, operand.Length)];
                var isPresent = AtomicOps.Apply(
                    kind, value is not null, value, operand, valueSizeLimit, room, out var length);
                return isPresent ? room[..length] : null;
        }
    }
}
