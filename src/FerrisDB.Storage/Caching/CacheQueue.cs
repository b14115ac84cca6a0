namespace FerrisDB.Storage;

/// <summary>Where a block stands in the <see cref="BlockCache"/>.</summary>
internal enum CacheQueue : byte
{
    /// <summary>Not in the cache: it belongs to whoever loaded it, or has been evicted.</summary>
    None = 0,

    /// <summary>New, and to show by being used again that it is worth keeping.</summary>
    Probation = 1,

    /// <summary>Was used again.</summary>
    Kept = 2,
}
