namespace FerrisDB.Transactions;

/// <summary>A write of one key, in 24 bytes: there may be many, and what is new memory must be touched first.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Prefix">The first eight bytes of the key, as a number.</param>
/// <param name="KeyOffset">Where the key lies among the keys of its period.</param>
/// <param name="LengthAndMark">Bytes of the key; all bits turned over if <see cref="IsSuperseded"/>.</param>
internal record struct ConflictEntry(long Version, ulong Prefix, int KeyOffset, int LengthAndMark)
{
    /// <summary>Bytes of the key.</summary>
    public readonly int KeyLength => LengthAndMark ^ (LengthAndMark >> 31);

    /// <summary>The key has a newer entry in the same period.</summary>
    public readonly bool IsSuperseded => LengthAndMark < 0;

    /// <summary>The same write, not superseded, or superseded.</summary>
    public readonly ConflictEntry Marked(bool isSuperseded) =>
        this with { LengthAndMark = isSuperseded ? ~KeyLength : KeyLength };
}
