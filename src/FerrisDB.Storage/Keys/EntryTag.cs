namespace FerrisDB.Storage;

/// <summary>What an entry says about its key.</summary>
internal enum EntryKind : byte
{
    /// <summary>The key is absent from this version on.</summary>
    Tombstone = 0,

    /// <summary>The key has the value that follows.</summary>
    Value = 1,

    /// <summary>
    /// The key has a value that lies in a blob: what follows is a <see cref="Storage.BlobReference"/>.
    /// </summary>
    BlobReference = 2,

    // 3..15 are kept for operands of atomic operations in logs.
}

/// <summary>
/// The part of an internal key behind the user key: version and kind in 64 bits. Newer versions order first.
/// </summary>
/// <remarks>
/// <code>
///     63                      8 7      0
///     +------------------------+--------+
///     |        version         |  kind  |
///     +------------------------+--------+
/// </code>
/// 56 bits of version are 2,284 years at a million versions a second.
/// </remarks>
internal readonly record struct EntryTag(ulong Packed)
{
    public const long VersionMax = (1L << 56) - 1;

    public EntryTag(long version, EntryKind kind)
        : this(((ulong)version << 8) | (byte)kind)
    {
    }

    public long Version => (long)(Packed >> 8);

    public EntryKind Kind => (EntryKind)(byte)Packed;

    /// <summary>The tag that orders before every entry of a key at or below <paramref name="version"/>.</summary>
    public static EntryTag SeekTo(long version) => new(((ulong)version << 8) | 0xff);

    /// <summary>Orders before every entry of its key.</summary>
    public static EntryTag First => new(ulong.MaxValue);

    /// <summary>Orders behind every entry of its key.</summary>
    public static EntryTag Last => new(0UL);

    /// <summary>The one directly behind this one, which must not be <see cref="Last"/>.</summary>
    public EntryTag Next => new(Packed - 1);

    /// <summary>Negative if this one orders first, which is if it is newer.</summary>
    public int CompareTo(EntryTag other) => other.Packed.CompareTo(Packed);
}
