using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// Keeps what the thread reads from being reclaimed until it is disposed, on the thread that entered.
/// </summary>
internal readonly unsafe ref struct EpochGuard
{
    private readonly EpochSlot* _slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EpochGuard(EpochSlot* slot) => _slot = slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        var slot = _slot;
        var depth = slot->Depth - 1;
        slot->Depth = depth;
        if (depth == 0)
            Volatile.Write(ref slot->Epoch, 0); // release: every load of the reader was done before
    }
}
