using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>
/// Threads read blocks of a cache that holds a few of them, and compare every byte with what must be there.
/// </summary>
internal sealed unsafe class BlockCacheStress : IDisposable
{
    private const int EntryCount = 1000;

    private readonly BlockCache _cache = new(48 << 10);
    private readonly TestTable _table;
    private readonly List<(int Offset, byte[] Payload)> _expected = [];
    private string? _failure;

    public BlockCacheStress()
    {
        _table = CachedTable.Create(EntryCount, _cache, blockSizeBytes: 1024);
        using var allocator = new BlockAllocator();
        using var file = _table.Files.Open("7.sst", FileAccess.Read);
        var source = new BlockSource(file, allocator);
        for (var number = 0; number < _table.Reader.BlockCount; number++)
        {
            var block = source.Read(_table.Reader.HandleOf(number), BlockKind.Data);
            var payload = new ReadOnlySpan<byte>(block->Payload, block->PayloadSize).ToArray();
            _expected.Add(((int)(block->Payload - (byte*)block), payload));
            allocator.Free(block);
        }
    }

    /// <summary>What a thread saw that must not be, or null.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// Compares blocks as bytes: a block that is freed too early shows, and no pointer in it is followed.
    /// </summary>
    public void ReadBlocks(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds && Failure is null; round++)
        {
            var number = random.Next(_expected.Count);
            var (offset, payload) = _expected[number];
            using var epoch = Epochs.Enter();
            var bytes = new ReadOnlySpan<byte>((byte*)_table.Reader.Fetch(number) + offset, payload.Length);
            for (var look = 0; look < 6; look++)
            {
                if (!bytes.SequenceEqual(payload))
                    Fail($"seed {seed}, round {round}: block {number} changed under a reader");
            }
        }
    }

    public void Get(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds && Failure is null; round++)
        {
            if (!CachedTable.Get(_table, random.Next(EntryCount)))
                Fail($"seed {seed}, round {round}: a get found something else");
        }
    }

    public void Walk(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds && Failure is null; round++)
        {
            using var cursor = _table.Reader.OpenCursor();
            var number = random.Next(EntryCount);
            var isForward = random.Next(2) == 0;
            var isValid = cursor.Seek(CachedTable.KeyOf(number), EntryTag.First);
            for (var step = random.Next(100); isValid && step > 0; step--)
            {
                if (!cursor.Key.SequenceEqual(CachedTable.KeyOf(number)) ||
                    !cursor.Value.SequenceEqual(CachedTable.ValueOf(number)))
                    Fail($"seed {seed}, round {round}: a cursor showed something else");
                number += isForward ? 1 : -1;
                isValid = isForward ? cursor.Next() : cursor.Previous();
            }
        }
    }

    /// <summary>Runs actions on a thread each, all at once.</summary>
    public void Run(params Action[] actions)
    {
        using var start = new Barrier(actions.Length);
        var threads = actions.Select(action => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                action();
            }
            catch (Exception error)
            {
                Fail(error.ToString());
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _cache.AssertInvariants();
    }

    /// <summary>Closes the table, of which nothing may be left then.</summary>
    public void Close()
    {
        _table.Dispose();
        EpochsNow.Drain(() => _cache.Allocator.AllocatedBytes == 0);
    }

    public void Dispose() => _cache.Dispose();

    private void Fail(string what) => Interlocked.CompareExchange(ref _failure, what, null);
}
