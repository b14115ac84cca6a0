namespace FerrisDB.Transactions;

/// <summary>A write of one key.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Prefix">The first eight bytes of the key, as a number.</param>
/// <param name="KeyOffset">Where the key lies among the keys of its period.</param>
/// <param name="KeyLength">Bytes of the key.</param>
internal record struct ConflictEntry(long Version, ulong Prefix, int KeyOffset, int KeyLength)
{
    /// <summary>The key has a newer entry in the same period.</summary>
    public bool IsSuperseded { get; set; }
}
