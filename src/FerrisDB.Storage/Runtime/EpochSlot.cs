using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>
/// Where one thread says which epoch it reads in. A pair of cache lines of its own, in native memory.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct EpochSlot
{
    /// <summary>Two lines, because the prefetcher fetches lines in pairs.</summary>
    public const int Size = 128;

    /// <summary>The epoch at entry, or 0 outside. Written by the owner, read by whoever collects.</summary>
    [FieldOffset(0)]
    public long Epoch;

    /// <summary>How often the owner has entered and not yet left. The owner's alone.</summary>
    [FieldOffset(8)]
    public int Depth;

    /// <summary>1 while a living thread owns the slot.</summary>
    [FieldOffset(12)]
    public int IsTaken;

    /// <summary>The next slot of the chain; never changes once the slot is in it.</summary>
    [FieldOffset(16)]
    public EpochSlot* Next;
}
