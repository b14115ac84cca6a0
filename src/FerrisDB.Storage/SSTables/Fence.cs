namespace FerrisDB.Storage;

/// <summary>
/// What stands between two blocks: the entries from it on are in the second one (<see cref="SSTableFormat"/>).
/// </summary>
internal static class Fence
{
    /// <summary>The tag of a fence that stands before all versions of its key.</summary>
    public static EntryTag BeforeAll => new(EntryTag.VersionMax, (EntryKind)SSTableFormat.FenceKind);

    /// <summary>
    /// The bytes of the first key of a block that make a fence behind the last key of the block before.
    /// </summary>
    public static ReadOnlySpan<byte> KeyBetween(ReadOnlySpan<byte> lastKey, ReadOnlySpan<byte> firstKey)
    {
        var common = lastKey.CommonPrefixLength(firstKey);
        return firstKey[..Math.Min(common + 1, firstKey.Length)];
    }

    /// <summary>
    /// The tag of the fence. Between two versions of one key it stands right behind the last one, so that a version
    /// from between the two is looked for in the second block, where its answer is.
    /// </summary>
    public static EntryTag TagBetween(
        ReadOnlySpan<byte> lastKey, EntryTag lastTag, ReadOnlySpan<byte> firstKey, EntryTag firstTag)
    {
        if (!lastKey.SequenceEqual(firstKey))
            return BeforeAll;
        return lastTag.Version == firstTag.Version
            ? firstTag
            : new EntryTag(lastTag.Version - 1, (EntryKind)SSTableFormat.FenceKind);
    }

    /// <summary>A tag to search for, as fences can express it: no kind orders before theirs.</summary>
    public static EntryTag Clamp(EntryTag tag) =>
        (byte)tag.Kind <= SSTableFormat.FenceKind ? tag : new EntryTag(tag.Version, (EntryKind)SSTableFormat.FenceKind);
}
