namespace FerrisDB.Storage;

/// <summary>What was counted in the readable blocks of a table.</summary>
internal sealed class TableCounts
{
    private long _oldestVersion = long.MaxValue;
    private long _newestVersion;

    public long Entries { get; private set; }

    public long Tombstones { get; private set; }

    /// <summary>Entries behind a newer one of the same key.</summary>
    public long OlderVersions { get; private set; }

    public long KeyBytes { get; private set; }

    public long ValueBytes { get; private set; }

    /// <summary>What the entries refer to in blobs.</summary>
    public BlobUseCounter BlobUses { get; } = new();

    public byte[]? FirstKey { get; private set; }

    public byte[]? LastKey { get; private set; }

    public EntryTag LastTag { get; private set; }

    public void Add(TableBlockCheck block)
    {
        Entries += block.Entries;
        Tombstones += block.Tombstones;
        OlderVersions += block.OlderVersions;
        KeyBytes += block.KeyBytes;
        ValueBytes += block.ValueBytes;
        BlobUses.Add(block.BlobUses.ToUses());
        _oldestVersion = Math.Min(_oldestVersion, block.OldestVersion);
        _newestVersion = Math.Max(_newestVersion, block.NewestVersion);
        FirstKey ??= block.FirstKey;
        LastKey = block.LastKey;
        LastTag = block.LastTag;
    }

    public long OldestVersion(RangeTombstoneSet ranges) =>
        ranges.IsEmpty ? _oldestVersion : Math.Min(_oldestVersion, ranges.OldestVersion);

    public long NewestVersion(RangeTombstoneSet ranges) => Math.Max(_newestVersion, ranges.NewestVersion);

    /// <summary>As <see cref="TableMetadata.Span"/>.</summary>
    public KeyRange Span(RangeTombstoneSet ranges)
    {
        if (FirstKey is null)
            return ranges.Span;
        byte[] end = [.. LastKey!, 0];
        if (ranges.IsEmpty)
            return new KeyRange(FirstKey, end);
        var span = ranges.Span;
        return new KeyRange(
            span.Begin.AsSpan().SequenceCompareTo(FirstKey) < 0 ? span.Begin : FirstKey,
            span.End.AsSpan().SequenceCompareTo(end) > 0 ? span.End : end);
    }
}
