namespace FerrisDB.Storage;

/// <summary>What an entry of a write batch does. The numbers are those of the format.</summary>
internal enum BatchEntryKind : byte
{
    Put = 1,
    Delete = 2,
    DeleteRange = 3,
}

/// <summary>One entry of an encoded write batch. Its spans point into the batch.</summary>
internal readonly ref struct BatchEntry(BatchEntryKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> rest)
{
    private readonly ReadOnlySpan<byte> _rest = rest;

    public BatchEntryKind Kind { get; } = kind;

    /// <summary>The key; of a range its begin.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>The value of a put; empty for a delete.</summary>
    public ReadOnlySpan<byte> Value => _rest;

    /// <summary>The exclusive end of a range.</summary>
    public ReadOnlySpan<byte> End => _rest;

    /// <summary>Version and kind of the entry that a put or delete makes.</summary>
    public EntryTag TagAt(long version) =>
        new(version, Kind == BatchEntryKind.Put ? EntryKind.Value : EntryKind.Tombstone);
}
