namespace FerrisDB;

/// <summary>A place in a <see cref="KeyIndex"/>: a leaf, counted in the order of keys, and a slot in it.</summary>
internal readonly record struct IndexPosition(int Rank, int Slot)
{
    /// <summary>In front of the first key.</summary>
    public static readonly IndexPosition BeforeFirst = new(0, -1);

    public bool IsBeforeFirst => Slot < 0;
}
