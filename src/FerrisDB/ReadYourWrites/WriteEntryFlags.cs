namespace FerrisDB;

/// <summary>What holds at a <see cref="WriteEntry"/>, and from there up to the next one.</summary>
[Flags]
internal enum WriteEntryFlags
{
    None = 0,

    /// <summary>The keys up to the next entry were cleared, and so was this one before its operations.</summary>
    RangeCleared = 1,

    /// <summary>The keys up to the next entry may be what a versionstamped key becomes.</summary>
    RangeUnreadable = 2,

    /// <summary>The operations on the key itself give something that only the commit knows.</summary>
    PointUnreadable = 4,

    /// <summary>The key is in the write conflict ranges.</summary>
    Conflict = 8,

    RangeMask = RangeCleared | RangeUnreadable,
}
