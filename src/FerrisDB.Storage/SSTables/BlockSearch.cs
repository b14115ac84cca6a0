using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// Two ways to find something in a block (drawn in Block):
//
//   a seek  compares the prefix of the wanted key with those of all restart keys, full keys only where prefixes tie,
//           and then halves one interval of 16 entries;
//   a get   needs no order: the prefixes narrow it to (nearly always) one interval, one vector comparison finds the
//           entries there whose fingerprint is that of the key, and only those are looked at.
//
// Entries share with their restart point, which makes comparing cheap. Let a target behind restart key r share its
// first
// `common` bytes with r. Then an entry that shares more than that with r is still before the target; one that shares
// less is behind it; and where both share the same, their suffixes decide.

/// <summary>Finds entries in a decoded block.</summary>
internal static unsafe class BlockSearch
{
    // Entries that lie closer than this are asked for line by line.
    private const int PrefetchedBytesMax = 4 << 10;

    /// <summary>
    /// Finds the newest entry of a key whose tag is at or behind <paramref name="seekTag"/>; false if there is none.
    /// </summary>
    public static bool TryGet(
        Block* block, ReadOnlySpan<byte> key, ulong hash, EntryTag seekTag, out BlockEntry entry, out EntryTag tag)
    {
        entry = default;
        tag = default;
        var common = block->CommonSize;
        if (key.Length < common || !HasCommonPrefix(block, key))
            return false;
        var prefix = InternalKey.PrefixOf(key[common..]);
        var prefixes = Block.PrefixesOf(block);
        var first = CountBelow(block, prefix);
        var behind = first;
        while (behind < block->IntervalCount && prefixes[behind] == PrefixTree.Stored(prefix))
            behind++;

        var fingerprint = Vector128.Create(KeyHash.FingerprintOf(hash));
        for (var interval = Math.Max(first - 1, 0); interval < behind; interval++)
        {
            var candidates = Vector128.Equals(block->FingerprintsOf(interval), fingerprint)
                .ExtractMostSignificantBits();
            for (; candidates != 0; candidates &= candidates - 1)
            {
                var index = (interval << 4) + BitOperations.TrailingZeroCount(candidates);
                if (index >= block->EntryCount)
                    return false; // the last group is padded with zeros
                var at = block->EntryAt(index);
                Storage.Prefetch.Lines(at + 64, 2); // the rest of the value, most likely
                entry = BlockEntry.At(at);
                if (entry.KeySize != key.Length || !IsKey(block, interval, entry, key, prefix))
                    continue;
                tag = block->DecodeTag(entry.StoredTag);
                if (tag.CompareTo(seekTag) >= 0)
                    return true;
                // A newer version than wanted. There may be hundreds of those: jump instead of stepping.
                return TrySeekVersion(block, key, seekTag, out entry, out tag);
            }
        }
        return false;
    }

    /// <summary>The index of the first entry at or behind (key, tag); the count of entries if there is none.</summary>
    public static int LowerBound(Block* block, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var intervals = FindInterval(block, key, tag);
        Prefetch(block, intervals);
        return LowerBound(block, intervals, key, tag);
    }

    /// <summary>
    /// As <see cref="LowerBound(Block*, ReadOnlySpan{byte}, EntryTag)"/>, where the first step is done.
    /// </summary>
    public static int LowerBound(Block* block, int intervals, ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (intervals > block->IntervalCount)
            return block->EntryCount;
        return intervals == 0 ? 0 : LowerBoundInInterval(block, intervals - 1, key, tag);
    }

    /// <summary>
    /// How many intervals begin before (key, tag), so that it is in the last of them; one more than there are if it is
    /// behind the block.
    /// </summary>
    public static int FindInterval(Block* block, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var common = block->CommonSize;
        if (key.Length < common || !HasCommonPrefix(block, key))
        {
            var order = key[..Math.Min(common, key.Length)].SequenceCompareTo(RestartKey(block, 0)[..common]);
            return order < 0 ? 0 : block->IntervalCount + 1;
        }

        var prefix = InternalKey.PrefixOf(key[common..]);
        var prefixes = Block.PrefixesOf(block);
        var low = CountBelow(block, prefix);
        var high = low;
        while (high < block->IntervalCount && prefixes[high] == PrefixTree.Stored(prefix))
            high++;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (IsRestartBefore(block, middle, key, tag))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>
    /// Asks for the entries that come into question after <see cref="FindInterval"/>: halving would miss the cache four
    /// times, one after the other.
    /// </summary>
    public static void Prefetch(Block* block, int intervals)
    {
        if (intervals == 0 || intervals > block->IntervalCount)
            return;
        var index = (intervals - 1) * SSTableFormat.RestartInterval;
        var last = Math.Min(index + SSTableFormat.RestartInterval, block->EntryCount) - 1;
        var at = block->EntryAt(index);
        var end = block->EntryAt(last);
        if (end - at <= PrefetchedBytesMax)
        {
            for (; at <= end; at += 2 * Storage.Prefetch.LineSize)
            {
                Storage.Prefetch.Line(at);
                Storage.Prefetch.Line(at + Storage.Prefetch.LineSize);
            }
            return;
        }
        for (; index <= last; index++)
            Storage.Prefetch.Line(block->EntryAt(index));
    }

    /// <summary>The key of a restart point.</summary>
    public static ReadOnlySpan<byte> RestartKey(Block* block, int interval)
    {
        var entry = BlockEntry.At(block->EntryAt(interval * SSTableFormat.RestartInterval));
        return new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize);
    }

    /// <summary>True if an entry has that key. <paramref name="key"/> may be anything.</summary>
    public static bool IsKey(Block* block, int index, in BlockEntry entry, ReadOnlySpan<byte> key) =>
        entry.KeySize == key.Length &&
        key[entry.Shared..].SequenceEqual(new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize)) &&
        RestartKey(block, index / SSTableFormat.RestartInterval)[..entry.Shared].SequenceEqual(key[..entry.Shared]);

    // The restart key lies on another cache line: its prefix, which is at hand, stands for it where it can.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsKey(Block* block, int interval, in BlockEntry entry, ReadOnlySpan<byte> key, ulong prefix)
    {
        if (!key[entry.Shared..].SequenceEqual(new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize)))
            return false;
        var rest = entry.Shared - block->CommonSize;
        if (rest <= 0)
            return true;
        if (rest <= sizeof(ulong))
            return (ulong)(Block.PrefixesOf(block)[interval] ^ PrefixTree.Stored(prefix)) >> (64 - (8 * rest)) == 0;
        return RestartKey(block, interval)[..entry.Shared].SequenceEqual(key[..entry.Shared]);
    }

    private static bool TrySeekVersion(
        Block* block, ReadOnlySpan<byte> key, EntryTag seekTag, out BlockEntry entry, out EntryTag tag)
    {
        entry = default;
        tag = default;
        var index = LowerBound(block, key, seekTag);
        if (index == block->EntryCount)
            return false;
        entry = BlockEntry.At(block->EntryAt(index));
        tag = block->DecodeTag(entry.StoredTag);
        return IsKey(block, index, entry, key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasCommonPrefix(Block* block, ReadOnlySpan<byte> key)
    {
        var common = block->CommonSize;
        return common <= Block.InlinePrefixSize
            ? key[..common].SequenceEqual(new ReadOnlySpan<byte>(block->InlinePrefix, common))
            : key[..common].SequenceEqual(RestartKey(block, 0)[..common]);
    }

    // How many prefixes are below the wanted one. An ordinary block has one node of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountBelow(Block* block, ulong prefix)
    {
        var wanted = Vector256.Create(PrefixTree.Stored(prefix));
        var below = PrefixTree.CountInNode(Block.PrefixesOf(block), wanted);
        return below < PrefixTree.NodeSize ? below : CountBelowInMore(block, wanted);
    }

    private static int CountBelowInMore(Block* block, Vector256<long> wanted)
    {
        var prefixes = Block.PrefixesOf(block);
        var below = PrefixTree.NodeSize;
        while (below < block->IntervalCount)
        {
            var inNode = PrefixTree.CountInNode(prefixes + below, wanted);
            below += inNode;
            if (inNode < PrefixTree.NodeSize)
                break;
        }
        return below;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSuffixBefore(
        Block* block, in BlockEntry entry, ReadOnlySpan<byte> rest, ulong prefix, EntryTag tag)
    {
        var suffix = new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize);
        var own = InternalKey.PrefixOf(suffix);
        if (own != prefix)
            return own < prefix;
        return InternalKey.Compare(suffix, block->DecodeTag(entry.StoredTag), rest, tag) < 0;
    }

    private static bool IsRestartBefore(Block* block, int interval, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var entry = BlockEntry.At(block->EntryAt(interval * SSTableFormat.RestartInterval));
        var restartKey = new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize);
        return InternalKey.Compare(restartKey, block->DecodeTag(entry.StoredTag), key, tag) < 0;
    }

    // The restart point of the interval is known to be before the target.
    private static int LowerBoundInInterval(Block* block, int interval, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var restart = interval * SSTableFormat.RestartInterval;
        var common = RestartKey(block, interval).CommonPrefixLength(key);
        var rest = key[common..];
        var prefix = InternalKey.PrefixOf(rest);
        var low = restart + 1;
        var high = Math.Min(restart + SSTableFormat.RestartInterval, block->EntryCount);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var entry = BlockEntry.At(block->EntryAt(middle));
            if (entry.Shared != common ? entry.Shared > common : IsSuffixBefore(block, entry, rest, prefix, tag))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
