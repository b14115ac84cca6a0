using FerrisDB.Storage;

namespace FerrisDB.Tests.Runtime;

// One pointer is shared. A writer swaps it, retires what was there and collects at once; readers enter, load the
// pointer and look at the item several times. An item that reports "reclaimed" to a reader is damage: with native
// memory it would be a use after free.
//
// A missing barrier shows only while the reader's store to its slot waits in the store buffer. So the reader stores to
// lines that are surely not in its cache just before it enters: stores drain in order, and the slot's waits behind
// them.
internal sealed class EpochStress
{
    private const int ColdBytes = 64 << 20;

    private readonly byte[] _cold = new byte[ColdBytes];
    private Item _shared = new();
    private long _damage;
    private volatile bool _stop;

    /// <summary>Returns how often a reader met a reclaimed item; stops early at the first.</summary>
    public long Run(int rounds)
    {
        var readers = Enumerable.Range(1, 2).Select(seed => new Thread(() => Read((ulong)seed))).ToArray();
        foreach (var reader in readers)
            reader.Start();
        for (var round = 0; round < rounds && Volatile.Read(ref _damage) == 0; round++)
        {
            var old = Interlocked.Exchange(ref _shared, new Item());
            Epochs.Retire(old);
            Epochs.Collect();
        }
        _stop = true;
        foreach (var reader in readers)
            reader.Join();
        return Volatile.Read(ref _damage);
    }

    private void Read(ulong seed)
    {
        while (!_stop)
        {
            for (var store = 0; store < 8; store++)
            {
                seed = (seed * 6364136223846793005) + 1442695040888963407;
                _cold[(int)(seed >> 33) & (ColdBytes - 1)] = (byte)store;
            }
            using var guard = Epochs.Enter();
            var item = Volatile.Read(ref _shared);
            for (var look = 0; look < 40; look++)
            {
                if (item.IsReclaimed)
                    Interlocked.Increment(ref _damage);
            }
        }
    }

    private sealed class Item : IRetirable
    {
        private volatile bool _isReclaimed;

        public bool IsReclaimed => _isReclaimed;

        public void Reclaim() => _isReclaimed = true;
    }
}
