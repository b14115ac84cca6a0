namespace FerrisDB;

/// <summary>A key at which the writes of a transaction change, and what holds from there on.</summary>
internal record struct WriteEntry
{
    /// <summary>No operation: the key itself is as the keys behind it.</summary>
    public const int NoOperation = -1;

    /// <summary>Where the key lies in the arena; a zero follows it there.</summary>
    public int KeyOffset;
    public int KeyLength;

    /// <summary>The newest <see cref="WriteOperation"/> on the key, or <see cref="NoOperation"/>.</summary>
    public int Operation;
    public WriteEntryFlags Flags;

    public readonly bool HasOperation => Operation != NoOperation;

    /// <summary>What holds for the keys between this entry and the next.</summary>
    public readonly WriteEntryFlags Range => Flags & WriteEntryFlags.RangeMask;

    public readonly bool Has(WriteEntryFlags flag) => (Flags & flag) != 0;
}
