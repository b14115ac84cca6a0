namespace FerrisDB.Native;

/// <summary>A place of the handle table.</summary>
internal struct HandleSlot
{
    /// <summary>What the handle stands for; null if the slot is free.</summary>
    public object? Target;

    /// <summary>The next free slot.</summary>
    public int Next;

    /// <summary>How many handles the slot has had before.</summary>
    public ushort Generation;
}
