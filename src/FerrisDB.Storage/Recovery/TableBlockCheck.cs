namespace FerrisDB.Storage;

/// <summary>Told of each value of a table that lies in a blob.</summary>
internal delegate void ReferenceVisitor(ReadOnlySpan<byte> key, long version, BlobReference reference);

/// <summary>
/// Looks at the entries of one data block: their order, their place between fences, the filter; and counts.
/// </summary>
internal sealed class TableBlockCheck(
    string path, TableBlock block, TableCounts before, FilterCheck? filter, ReferenceVisitor? onReference = null)
{
    private byte[]? _lastKey = before.LastKey;
    private EntryTag _lastTag = before.LastTag;
    private string? _problem;

    public long Entries { get; private set; }

    public long Tombstones { get; private set; }

    public long OlderVersions { get; private set; }

    public long KeyBytes { get; private set; }

    public long ValueBytes { get; private set; }

    public long OldestVersion { get; private set; } = long.MaxValue;

    public long NewestVersion { get; private set; }

    public BlobUseCounter BlobUses { get; } = new();

    public byte[]? FirstKey { get; private set; }

    public byte[]? LastKey => Entries > 0 ? _lastKey : null;

    public EntryTag LastTag => _lastTag;

    public void Visit(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        var isSameKey = _lastKey is not null && key.SequenceEqual(_lastKey);
        if (_lastKey is not null && InternalKey.Compare(_lastKey, _lastTag, key, tag) >= 0)
            _problem ??= $"{KeyText.Of(key)} behind {KeyText.Of(_lastKey)}";
        if (FirstKey is null)
            CheckFence(key, tag);
        if (tag.Kind == EntryKind.BlobReference)
            VisitReference(key, tag.Version, value);
        else if (tag.Kind is not (EntryKind.Value or EntryKind.Tombstone))
            _problem ??= $"an entry of kind {(int)tag.Kind} at {KeyText.Of(key)}";
        if (!isSameKey && filter?.MayContain(key) == false)
            _problem ??= $"{KeyText.Of(key)}, which the filter does not have";
        FirstKey ??= key.ToArray();
        if (!isSameKey)
            _lastKey = key.ToArray();
        _lastTag = tag;
        Entries++;
        Tombstones += tag.Kind == EntryKind.Tombstone ? 1 : 0;
        OlderVersions += isSameKey ? 1 : 0;
        KeyBytes += key.Length;
        ValueBytes += value.Length;
        OldestVersion = Math.Min(OldestVersion, tag.Version);
        NewestVersion = Math.Max(NewestVersion, tag.Version);
    }

    public void ThrowIfWrong()
    {
        if (_problem is not null)
        {
            throw FerrisException.Corrupt(
                path, block.Handle.Offset, "entries in order, between their fences and in the filter", _problem);
        }
    }

    private void VisitReference(ReadOnlySpan<byte> key, long version, ReadOnlySpan<byte> value)
    {
        if (BlobReference.TryRead(value, out var reference))
        {
            BlobUses.Add(reference);
            onReference?.Invoke(key, version, reference);
        }
        else
        {
            _problem ??= $"{Convert.ToHexString(value)} as the place of the value of {KeyText.Of(key)}";
        }
    }

    private void CheckFence(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (block.FenceKey is not { } fence)
            return;
        var isBehind = InternalKey.Compare(fence, block.FenceTag, key, tag) <= 0;
        var isLastBefore = _lastKey is null || InternalKey.Compare(_lastKey, _lastTag, fence, block.FenceTag) < 0;
        if (!isBehind || !isLastBefore)
            _problem ??= $"{KeyText.Of(key)} on the wrong side of the fence {KeyText.Of(fence)}";
    }
}
