namespace FerrisDB.Storage;

/// <summary>Hangs on a thread and gives the thread's slot back some time after the thread has died.</summary>
internal sealed unsafe class EpochSlotOwner(EpochSlot* slot)
{
    private readonly EpochSlot* _slot = slot;

    // The runtime drops a dead thread's statics, so the finalizer is what notices the death of threads that are not
    // ours.
    ~EpochSlotOwner()
    {
        _slot->Depth = 0;
        Volatile.Write(ref _slot->Epoch, 0);
        Volatile.Write(ref _slot->IsTaken, 0);
    }
}
