namespace FerrisDB.Storage;

/// <summary>Where an entry was found: its leaf, the index of its slot at that time, and its offset.</summary>
internal readonly record struct BTreePlace(uint Leaf, int Index, uint Entry)
{
    public bool IsEntry => Entry != 0;
}
