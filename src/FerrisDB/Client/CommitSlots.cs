namespace FerrisDB;

// A server keeps, for a while, one id for each slot of a client: the last that was committed there. So a slot is free
// again when nobody can ask about its last commit any more:
//
//     Take ──► sent once ──► decided ──────────────► Return: the server may forget the id
//                  └──► sent again, or failed ─────► never: some attempt may still lie in a socket
//
// What a server keeps is then as much as the most commits that were ever under way at once, and those that were sent
// again, instead of all commits of some minutes.

/// <summary>Numbers the commits of a client so that a server need not remember them all.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class CommitSlots(ulong client)
{
    private readonly Stack<uint> _free = new();
    private ulong _client = client;
    private uint _next;
    private ulong _count;

    /// <summary>The id of a new commit.</summary>
    /// <param name="version">A version that the client knows.</param>
    public IdempotencyId Take(long version)
    {
        if (!_free.TryPop(out var slot))
            slot = _next++;
        if (slot > IdempotencyId.SlotMax)
        {
            // As good as another client.
            _client++;
            _next = 1;
            slot = 0;
        }
        return IdempotencyId.Of(version, _client, slot, ++_count);
    }

    /// <summary>The commit was decided by the first and only attempt.</summary>
    public void Return(IdempotencyId id)
    {
        if (id.Client == _client)
            _free.Push(id.Slot);
    }
}
