namespace FerrisDB.Storage;

/// <summary>Decides which entries of a merge some reader can still see; flush and compaction drop the others.</summary>
/// <remarks>
/// The boundaries are the versions that are read: live snapshots, then the floor, ascending. Everything newer than the
/// floor is kept. At or below it the boundaries cut the versions into stripes, and all versions of a key in one stripe
/// look alike to every reader but for the newest:
/// <code>
///     boundaries      20          50 (floor)
///     versions   7 12     31 44 50     61 63
///     kept         ^            ^       ^  ^
/// </code>
/// A range tombstone hides an entry of its own stripe for good. At the bottom of the tree a tombstone in the oldest
/// stripe hides nothing that exists, so it goes too. Entries must be asked about in the order of internal keys.
/// </remarks>
internal sealed class RetentionFilter
{
    private readonly long[] _boundaries;
    private readonly RangeTombstoneSet _rangeTombstones;
    private readonly bool _isBottom;

    private byte[] _key = new byte[64];
    private int _keyLength = -1;
    private int _stripe;
    private bool _hasKeptKey;

    public RetentionFilter(long[] boundaries, RangeTombstoneSet rangeTombstones, bool isBottom)
    {
        Invariant.That(boundaries.Length > 0);
        _boundaries = boundaries;
        _rangeTombstones = rangeTombstones;
        _isBottom = isBottom;
    }

    /// <summary>Entries that were asked about and not kept.</summary>
    public long DroppedCount { get; private set; }

    /// <summary>True if the entry that was kept last stands behind a newer one of its key that was kept too.</summary>
    public bool IsBehindKeptOne { get; private set; }

    /// <summary>True if some reader can see the entry.</summary>
    public bool Keeps(ReadOnlySpan<byte> key, EntryTag tag)
    {
        var isSameKey = !IsNewKey(key);
        var stripe = StripeOf(tag.Version);
        var isShadowed = isSameKey && stripe == _stripe && stripe < _boundaries.Length;
#if FERRIS_CHECKED
        isShadowed |= isSameKey && SeededBugs.Active == SeededBug.RetentionIgnoresSnapshots;
#endif
        if (!isSameKey)
        {
            Remember(key);
            _hasKeptKey = false;
        }
        _stripe = stripe;
        if (!isShadowed && IsReadable(key, tag, stripe))
        {
            IsBehindKeptOne = isSameKey && _hasKeptKey;
            _hasKeptKey = true;
            return true;
        }
        DroppedCount++;
        return false;
    }

    /// <summary>True if the entry begins a new key, which is where an output table may end.</summary>
    public bool IsNewKey(ReadOnlySpan<byte> key) => !key.SequenceEqual(_key.AsSpan(0, Math.Max(_keyLength, 0)))
        || _keyLength < 0;

    // The newest of its key in its stripe is readable unless a range tombstone or the bottom makes it moot.
    private bool IsReadable(ReadOnlySpan<byte> key, EntryTag tag, int stripe)
    {
        if (stripe == _boundaries.Length)
            return true;
        if (!_rangeTombstones.IsEmpty && _rangeTombstones.NewestCovering(key, _boundaries[stripe]) > tag.Version)
            return false;
        return !(_isBottom && stripe == 0 && tag.Kind == EntryKind.Tombstone);
    }

    // The index of the oldest boundary that can see the version; the count of boundaries for what is above the floor.
    private int StripeOf(long version)
    {
        var stripe = 0;
        while (stripe < _boundaries.Length && _boundaries[stripe] < version)
            stripe++;
        return stripe;
    }

    private void Remember(ReadOnlySpan<byte> key)
    {
        if (key.Length > _key.Length)
            _key = new byte[Math.Max(key.Length, _key.Length * 2)];
        key.CopyTo(_key);
        _keyLength = key.Length;
    }
}
