using System.Collections;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>How much of one blob a table refers to.</summary>
/// <param name="FileNumber">The blob.</param>
/// <param name="Records">Records that entries of the table refer to.</param>
/// <param name="Bytes">Bytes of these records.</param>
internal readonly record struct BlobUse(long FileNumber, long Records, long Bytes);

/// <summary>How much of each blob a table refers to, by the number of the file. A value: equal if all is.</summary>
internal sealed class BlobUses : IReadOnlyList<BlobUse>, IEquatable<BlobUses>
{
    private readonly BlobUse[] _uses;

    /// <param name="uses">In ascending order of their files.</param>
    public BlobUses(BlobUse[] uses)
    {
        for (var index = 1; index < uses.Length; index++)
            Invariant.That(uses[index - 1].FileNumber < uses[index].FileNumber);
        _uses = uses;
        foreach (var use in uses)
            Bytes += use.Bytes;
    }

    public static BlobUses None { get; } = new([]);

    public int Count => _uses.Length;

    /// <summary>Bytes of all records.</summary>
    public long Bytes { get; }

    public BlobUse this[int index] => _uses[index];

    /// <summary>Bytes that the table refers to in one blob; 0 if none.</summary>
    public long BytesIn(long fileNumber)
    {
        foreach (var use in _uses)
        {
            if (use.FileNumber == fileNumber)
                return use.Bytes;
        }
        return 0;
    }

    public bool Equals(BlobUses? other) => other is not null && _uses.AsSpan().SequenceEqual(other._uses);

    public override bool Equals(object? obj) => Equals(obj as BlobUses);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var use in _uses)
            hash.Add(use);
        return hash.ToHashCode();
    }

    public IEnumerator<BlobUse> GetEnumerator() => ((IEnumerable<BlobUse>)_uses).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Counts the references of a table while it is written.</summary>
internal sealed class BlobUseCounter
{
    private readonly Dictionary<long, (long Records, long Bytes)> _uses = [];

    public void Add(BlobReference reference)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, reference.FileNumber, out _);
        use = (use.Records + 1, use.Bytes + reference.RecordSize);
    }

    public void Add(BlobUses uses)
    {
        foreach (var (number, records, bytes) in uses)
        {
            ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, number, out _);
            use = (use.Records + records, use.Bytes + bytes);
        }
    }

    public BlobUses ToUses() => _uses.Count == 0
        ? BlobUses.None
        : new BlobUses([.. _uses.Select(use => new BlobUse(use.Key, use.Value.Records, use.Value.Bytes))
            .OrderBy(use => use.FileNumber)]);
}
